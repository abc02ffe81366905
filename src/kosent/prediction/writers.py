"""Which writer a file of answers gets: by the ending of its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib.util import find_spec
from pathlib import Path

from kosent.errors import RuntimeSetupError, UsageError
from kosent.prediction.layout import Answers
from kosent.prediction.lines import JsonLines, Lines, comma_separated, tab_separated
from kosent.prediction.whole import Put, parquet_file, workbook_file
from kosent.support.files import disk_errors

LINES: dict[str, Callable[[Sequence[str], Answers], Lines]] = {
    "": JsonLines,
    ".jsonl": JsonLines,
    ".ndjson": JsonLines,
    ".csv": comma_separated,
    ".tsv": tab_separated,
}
WHOLE: dict[str, Callable[[Path, Sequence[str]], AbstractContextManager[Put]]] = {
    ".parquet": parquet_file,
    ".xlsx": workbook_file,
}
_NO_COLUMNS = ("", ".jsonl", ".ndjson")


def keeps_columns(target: Path) -> bool:
    """Tell whether a file of answers holds all columns of the input, and not its texts alone."""
    return target.suffix.lower() not in _NO_COLUMNS


def check_target(target: Path, *, resume: bool = False) -> None:
    """Refuse what cannot be written, before anything is read or loaded.

    Args:
        target: The file to write.
        resume: Whether to go on with it.

    Raises:
        UsageError: If its ending is not known, it exists and ``resume`` is not asked for or it
            is no file, or ``resume`` is asked for a format that is written whole.
        RuntimeSetupError: If a package is not installed that the format takes, or the disk refuses.
    """
    ending = target.suffix.lower()
    if ending not in LINES and ending not in WHOLE:
        known = ", ".join(filter(None, (*LINES, *WHOLE)))
        raise UsageError(
            f"'{target.name}'의 형식을 알 수 없습니다: {target.suffix}. 쓸 수 있는 끝: {known}",
            f"unknown format of '{target.name}': {target.suffix}. Known endings: {known}",
        )
    if resume and ending in WHOLE:
        raise UsageError(
            f"{ending}은(는) 한 번에 쓰므로 이어 쓸 수 없습니다. --resume은 .csv, .tsv, .jsonl에 "
            "씁니다",
            f"{ending} is written whole and cannot be resumed; --resume is for .csv, .tsv, .jsonl",
        )
    if ending == ".xlsx" and find_spec("openpyxl") is None:
        raise RuntimeSetupError(
            ".xlsx를 쓰려면 openpyxl이 있어야 합니다 (pip install 'kosent[files]')",
            "writing .xlsx takes the package openpyxl (pip install 'kosent[files]')",
        )
    with disk_errors(target):
        is_there = target.exists()
        is_file = target.is_file()
    if is_there and not is_file:
        raise UsageError(
            f"'{target}'은(는) 파일이 아닙니다. 다른 이름을 쓰거나, 줄로 받으려면 --output 없이 "
            "쓰세요",
            f"'{target}' is no file; choose another name, or leave --output out for lines",
        )
    if is_there and not resume:
        raise _exists_already(target)


def _exists_already(target: Path) -> UsageError:
    resume = target.suffix.lower() in LINES
    korean = "이어 쓰려면 --resume, 아니면 다른 이름을 쓰세요" if resume else "다른 이름을 쓰세요"
    english = "go on with --resume, or choose another name" if resume else "choose another name"
    return UsageError(
        f"'{target}'이(가) 이미 있습니다. {korean}", f"'{target}' exists already; {english}"
    )
