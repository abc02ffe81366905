"""A wrong call as one line. click says what is wrong in English; here stands how Korean says it."""

from __future__ import annotations

import re

import click

from kosent.language import Message
from kosent_cli.output import one_line

_NEAR = r"(?:\.? \(?(?:Did you mean|Possible options:)(?: one of:)? ?(.+?)\??\)?)?"
# click's sentences without their full stop, of all versions from 8.1.6 on.
_SENTENCES = tuple(
    (re.compile(english + _NEAR), korean)
    for english, korean in (
        ("No such option:? '?(.+?)'?", "없는 옵션입니다: {}"),
        ("No such command '(.+)'", "없는 명령입니다: {}"),
        ("Missing option (.+)", "옵션이 필요합니다: {}"),
        ("Missing argument (.+)", "인자가 필요합니다: {}"),
        (r"Got unexpected extra arguments? \((.+)\)", "남는 인자가 있습니다: {}"),
        ("Option (.+) requires an argument", "옵션 {}에는 값이 필요합니다"),
        ("Option (.+) does not take a value", "옵션 {}에는 값을 줄 수 없습니다"),
        ("Invalid value for (.+?): (.+)", "{}의 값이 잘못되었습니다: {}"),
        ("(.+) is not a valid integer", "{}은(는) 정수가 아닙니다"),
        ("(.+) is not a valid float", "{}은(는) 수가 아닙니다"),
        ("(.+) is not in the range (.+)", "{}은(는) 범위 {}에 들지 않습니다"),
        ("(.+) is not one of (.+)", "{}은(는) 다음 가운데 하나가 아닙니다: {}"),
    )
)


def usage_line(error: click.ClickException) -> Message:
    """Return what was wrong in a call, and where its help is.

    Args:
        error: What click found.
    """
    english = one_line(" ".join(error.format_message().split())).rstrip(".")
    korean = in_korean(english) or f"사용법이 잘못되었습니다 ({english})"
    context = error.ctx if isinstance(error, click.UsageError) else None
    where = f"'{context.command_path if context else 'kosent'} --help'"
    return Message(f"{korean}. {where}를 보세요", f"{english}; see {where}")


def in_korean(english: str) -> str:
    """Return a sentence of click's in Korean, and ``""`` for one that is not in the table.

    Args:
        english: The sentence, without its full stop.
    """
    for pattern, korean in _SENTENCES:
        if found := pattern.fullmatch(english):
            *said, near = found.groups()
            line = korean.format(*(in_korean(each) or each for each in said))
            return f"{line} (비슷한 것: {near})" if near else line
    return ""
