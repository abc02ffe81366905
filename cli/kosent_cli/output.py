"""What leaves a command: data on stdout, everything else on stderr.

Nothing here wraps or truncates; lines are as long as what stands in them, for ``cut`` and ``grep``.
Messages in two languages are shown in the reader's; JSON keeps both.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import click

from kosent.errors import RuntimeSetupError
from kosent.language import Message, said, shown
from kosent.support.printable import one_line as one_line

_SURROGATE = re.compile("[\ud800-\udfff]")


def unsure() -> str:
    """Return what stands instead of a label that was left open: one word, for ``cut``."""
    return said("모르겠음", "unsure").replace(" ", "")


def emit(text: str | bytes) -> None:
    """Write data to stdout.

    Raises:
        RuntimeSetupError: If the disk is full or the like; a closed pipe stays BrokenPipeError.
    """
    try:
        click.echo(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        abandon_stdout()
        reason = error.strerror or str(error)
        raise RuntimeSetupError(
            f"결과를 출력할 수 없습니다 ({reason})", f"cannot write the output ({reason})"
        ) from error


def abandon_stdout() -> None:
    """Send what is still buffered nowhere (:func:`abandon`)."""
    abandon(sys.stdout)


def abandon(stream: Any) -> None:
    """Send what is still buffered nowhere: Python flushes the standard streams once more at exit,
    and would complain there and change the exit code.
    """  # noqa: D205
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def emit_json(document: Any) -> None:
    """Write one JSON document to stdout, in UTF-8 whatever the terminal's encoding.

    Lone surrogates, which no UTF-8 can hold, are written as JSON escapes.
    """
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    emit(_SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode())


def emit_lines(lines: Sequence[str]) -> None:
    """Write lines to stdout; none for an empty list."""
    if lines:
        emit("\n".join(map(shown, lines)))


def say(message: str) -> None:
    """Tell the user one line on stderr; above the progress bar, if there is one."""
    if sys.stderr is not None:  # click.echo would write past rich, into the bar
        print(one_line(shown(message)), file=sys.stderr, flush=True)


def say_noted(blank: int, cut: int) -> None:
    """Tell how many texts the model did not read as they are; nothing where it read all."""
    if blank:
        korean = f"글 {blank:,}개는 정리하고 나면 아무것도 남지 않습니다"
        say(Message(korean, f"texts of which cleaning leaves nothing: {blank:,}"))
    if cut:
        korean = f"글 {cut:,}개는 모델이 읽는 길이보다 길어 잘렸습니다"
        say(Message(korean, f"texts that were cut, being longer than the model reads: {cut:,}"))
