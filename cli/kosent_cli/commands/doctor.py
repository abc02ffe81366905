"""``kosent doctor``."""

from __future__ import annotations

import json
from typing import Any

import click

from kosent.errors import RuntimeSetupError
from kosent.inspection.doctor import as_data, diagnose, is_well
from kosent.language import Message, said, shown
from kosent_cli.commands import COMMANDS
from kosent_cli.options import Command, json_option, page
from kosent_cli.output import emit_json, emit_lines
from kosent_cli.tables import table

KOREAN = """\
필요한 것이 고장 났으면 종료 코드 5입니다. --licenses는 설치된 패키지 가운데 kosent에 필요한 것의
라이선스와, 그것을 데려온 추가 기능을 보입니다.
"""
ENGLISH = """\
Ends with code 5 if something needed is broken. --licenses shows the licence of each
installed package that kosent needs, and the extras that bring it.
"""

TITLES = {
    "system": Message("컴퓨터", "system"),
    "packages": Message("패키지", "packages"),
    "backend": Message("학습 백엔드", "training backend"),
    "okt": "Okt",
    "java": "Java",
    "cache": Message("캐시", "cache"),
    "corpora": Message("말뭉치", "corpora"),
}
KINDS = {
    "permissive": Message("허용적", "permissive"),
    "files": Message("자기 파일만 카피레프트", "copyleft of its own files"),
    "copyleft": Message("카피레프트", "copyleft"),
    "unknown": Message("알 수 없음", "unknown"),
}
ABSENT = Message("설치되지 않아 보지 못함", "not installed, so not looked at")
STATUSES = {
    "ok": Message("좋음", "ok"),
    "note": Message("참고", "note"),
    "broken": Message("고장", "broken"),
}


@click.command(
    "doctor", cls=Command, help=page(COMMANDS["doctor"].summary, korean=KOREAN, english=ENGLISH)
)
@click.option(
    "--licenses",
    is_flag=True,
    help=said("설치된 패키지의 라이선스를 보입니다", "show the licences of the packages installed"),
)
@json_option
def command(licenses: bool, as_json: bool) -> int:
    """Print what was found, and what to do."""
    if licenses:
        return _licences(as_json)
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


def _licences(as_json: bool) -> int:
    from kosent.inspection import licences

    found, absent = licences.licences(), licences.absent()
    if as_json:
        emit_json(licences.as_data(found, absent))
        return 0
    rows = [
        [
            each.name,
            each.version,
            each.licence or "-",
            shown(KINDS[each.kind]),
            ",".join(each.extras),
        ]
        for each in found
    ]
    lines = [*table(rows), ""]
    for kind, title in KINDS.items():
        names = [each.name for each in found if each.kind == kind]
        listed = "" if kind == licences.PERMISSIVE else f": {', '.join(names)}"
        lines += [f"{shown(title)} {len(names)}{listed}"] if names else []
    lines += [f"{shown(ABSENT)}: {', '.join(absent)}"] if absent else []
    emit_lines(lines)
    return 0


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
