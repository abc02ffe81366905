"""``kosent doctor``."""

from __future__ import annotations

import json
from typing import Any

import click

from kosent.errors import RuntimeSetupError
from kosent.inspection.doctor import as_data, diagnose, is_well
from kosent.language import Message, shown
from kosent_cli.commands import COMMANDS
from kosent_cli.options import Command, json_option, page
from kosent_cli.output import emit_json, emit_lines, table

KOREAN = "필요한 것이 고장 났으면 종료 코드 5입니다."
ENGLISH = "Ends with code 5 if something needed is broken."

TITLES = {
    "system": Message("컴퓨터", "system"),
    "packages": Message("패키지", "packages"),
    "backend": Message("학습 백엔드", "training backend"),
    "okt": "Okt",
    "java": "Java",
    "cache": Message("캐시", "cache"),
    "corpora": Message("말뭉치", "corpora"),
}
STATUSES = {
    "ok": Message("좋음", "ok"),
    "note": Message("참고", "note"),
    "broken": Message("고장", "broken"),
}


@click.command(
    "doctor", cls=Command, help=page(COMMANDS["doctor"].summary, korean=KOREAN, english=ENGLISH)
)
@json_option
def command(as_json: bool) -> int:
    """Print what was found, and what to do."""
    findings = diagnose()
    if as_json:
        emit_json(as_data(findings))
    else:
        lines: list[str] = []
        for finding in findings:
            lines += ["", f"{shown(TITLES[finding.name])}: {shown(STATUSES[finding.status])}"]
            lines += table([[f"  {key}", _shown(value)] for key, value in finding.facts.items()])
            lines += [f"  -> {shown(finding.advice)}"] if finding.advice else []
        emit_lines(lines[1:])
    return 0 if is_well(findings) else RuntimeSetupError.exit_code


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
