"""Bytes of an official file to text: strict UTF-8, then strict CP949, then a clear refusal.

What a publisher gives out is whole or is not what it should be. Users' own files, of which a line
may be broken, are read by ``kosent.corpora.readers``. Detection libraries are used by neither: they
take short CP949 files for Big5.
"""

from __future__ import annotations

from pathlib import Path

from kosent.errors import DataError
from kosent.language import Message


def exists(path: Path) -> bool:
    """Tell whether something stands at ``path``.

    Raises:
        DataError: If the system does not let us look, or no path can be so long.
    """
    try:
        return path.exists()
    except OSError as error:
        raise unreadable(path, error) from error
    except ValueError:  # a NUL in the name, before Python 3.12
        return False


def read_bytes(path: Path) -> bytes:
    """Read a whole file.

    Raises:
        DataError: If it is missing, not a file, or must not be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> DataError:
    """Build the error for a file or folder that the system does not let us read."""
    reason = error.strerror or str(error)
    return DataError(
        f"'{path}'을(를) 읽을 수 없습니다 ({reason}). 경로와 권한을 확인하세요",
        f"cannot read '{path}' ({reason}); check the path and its permissions",
    )


def decode(data: bytes, source: str) -> tuple[str, tuple[Message, ...]]:
    """Decode strictly, UTF-8 (with or without BOM) before CP949.

    Args:
        data: The whole file.
        source: Its name, for messages.

    Returns:
        The text without BOM, and a notice where it was not UTF-8.

    Raises:
        DataError: If the bytes are neither.
    """
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        first_bad = error.start
    try:
        text = data.decode("cp949")
    except UnicodeDecodeError:
        line = data.count(b"\n", 0, first_bad) + 1
        raise DataError(
            f"'{source}'은(는) UTF-8도 CP949도 아닙니다 (UTF-8로 읽을 수 없는 첫 줄: {line}). "
            "UTF-8로 다시 저장하세요",
            f"'{source}' is neither UTF-8 nor CP949 (first line that is not UTF-8: {line}); "
            "save it again as UTF-8",
        ) from None
    return text, (
        Message(
            f"'{source}'은(는) UTF-8이 아니어서 CP949로 읽었습니다",
            f"'{source}' is not UTF-8 and was read as CP949",
        ),
    )


def split_lines(text: str) -> list[str]:
    r"""Split on ``\n`` only; ``str.splitlines`` would cut reviews at U+2028 and U+0085.

    Args:
        text: A whole file; a final line end opens no further line.

    Returns:
        The lines without their ends, ``\r`` of a ``\r\n`` included.
    """
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]
