"""``kosent corpora``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import click

from kosent import corpora
from kosent.corpora import CORPORA, CorpusSpec, data_folder
from kosent.corpora.encoding import exists
from kosent.corpora.notices import dropped_by_reason
from kosent.corpora.spec import METRICS, TASKS
from kosent.errors import unknown_name
from kosent.language import Message, said
from kosent.support.progress import Silent, Steps
from kosent_cli.commands import COMMANDS
from kosent_cli.options import Command, Group, json_option, page
from kosent_cli.output import emit, emit_json, emit_lines, say
from kosent_cli.progress import display
from kosent_cli.session import Session, pass_session
from kosent_cli.tables import table

KOREAN = "폴더는 환경 변수 KOSENT_DATA로 바꿀 수 있습니다."
ENGLISH = "The environment variable KOSENT_DATA names the folder that they are in."


@click.group(
    "corpora", cls=Group, help=page(COMMANDS["corpora"].summary, korean=KOREAN, english=ENGLISH)
)
def command() -> None:
    """Carry the three commands."""


@command.command("list", cls=Command, help=page(Message("말뭉치의 목록", "the corpora by name")))
@json_option
def list_(as_json: bool) -> None:
    """Print one line a corpus, under its task."""
    facts = [_facts(spec) for spec in CORPORA.values()]
    if as_json:
        emit_json(facts)
        return
    emit_lines([*_by_task(facts), "", f"{said('폴더', 'folder')}: {data_folder()}"])


def _by_task(facts: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Lay the corpora out in one table, with a line before each task."""
    rows = [
        [
            said("이름", "name"),
            said("언어", "language"),
            said("글", "rows"),
            said("있음", "present"),
            said("제목", "title"),
        ]
    ]
    rows += [
        [
            fact["name"],
            fact["language"],
            _number(_sum(fact["rows"].values())),
            "○" if fact["present"] else "×",
            fact["title"],
        ]
        for fact in facts
    ]
    header, *lines = table(rows, right=(2,))
    yield header
    for task, group in groupby(zip(facts, lines, strict=True), lambda pair: pair[0]["task"]):
        yield f"[{_word(task, TASKS)}]"
        yield from (line for _, line in group)


@command.command(
    "show", cls=Command, help=page(Message("말뭉치 하나의 사실들", "the facts of one corpus"))
)
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Print source, licence, files and, where the corpus is present, the account of its rows."""
    if name not in CORPORA:
        raise unknown_name("말뭉치", "corpus", name, CORPORA)
    facts = _facts(CORPORA[name])
    if facts["present"]:
        facts["audit"] = _audit(name)
    if as_json:
        emit_json(facts)
    else:
        emit_lines(_lines(facts))


@command.command(
    "fetch", cls=Command, help=page(Message("말뭉치를 내려받습니다", "download a corpus"))
)
@click.argument("name")
@pass_session
def fetch(session: Session, name: str) -> None:
    """Download what is missing and print the folder."""
    with display(session) as listener:
        folder = corpora.fetch(name, progress=Steps(listener, "download"), notice=listener.notice)
    emit(str(folder))


def _facts(spec: CorpusSpec) -> dict[str, Any]:
    root = data_folder()
    return {
        "name": spec.name,
        "title": spec.title,
        "language": spec.language,
        "task": spec.task,
        "metric": spec.metric,
        "labels": spec.labels,
        "licence": spec.licence,
        "forbidden": [each.english for each in spec.forbidden],
        "homepage": spec.homepage,
        "rows": dict(spec.rows),
        "aside": dict(spec.aside),
        "present": all(exists(file.place(root)) for file in spec.files),
        "files": [
            {
                "path": str(file.place(root)),
                "url": file.url,
                "size": file.size,
                "checksum": f"{file.algorithm} {file.checksum}" if file.checksum else None,
                "present": exists(file.place(root)),
            }
            for file in spec.files
        ],
    }


def _number(count: int | None) -> str:
    """Write a number, or a line where none is stated."""
    return "-" if count is None else f"{count:,}"


def _sum(counts: Iterable[int | None]) -> int | None:
    """Add up, where all are stated."""
    stated = list(counts)
    return None if None in stated else sum(filter(None, stated))


def _word(name: str, words: Mapping[Any, str]) -> str:
    return said(words[name], name)


def _audit(name: str) -> dict[str, Any]:
    return corpora.load(name, _Spoken(), download=False).accounts()


class _Spoken(Silent):
    """Says notices."""

    def notice(self, message: Message) -> None:
        say(message)


def _lines(facts: dict[str, Any]) -> list[str]:
    rows = [
        [said("이름", "name"), facts["name"]],
        [said("제목", "title"), facts["title"]],
        [said("언어", "language"), facts["language"]],
        [said("과제", "task"), _word(facts["task"], TASKS)],
        [said("지표", "metric"), _word(facts["metric"], METRICS)],
        [said("라벨", "labels"), ", ".join(facts["labels"])],
        [said("사용 허가", "licence"), facts["licence"]],
        *(["  " + said("금지", "forbidden"), each] for each in CORPORA[facts["name"]].forbidden),
        [said("출처", "homepage"), facts["homepage"] or "-"],
        *(
            [f"{said('글', 'rows')} {split}", _number(count)]
            for split, count in facts["rows"].items()
        ),
        *(
            [f"{said('글', 'rows')} {split}", f"{count:,} ({said('쓰지 않음', 'not used')})"]
            for split, count in facts["aside"].items()
        ),
    ]
    for file in facts["files"]:
        rows += [
            [said("파일", "file"), f"{file['path']} ({'○' if file['present'] else '×'})"],
            ["  " + said("주소", "url"), file["url"]],
            ["  " + said("크기", "bytes"), _number(file["size"])],
            ["  " + said("체크섬", "checksum"), file["checksum"] or "-"],
        ]
    for split, audit in facts.get("audit", {}).items():
        read, kept = f"{audit['read']:,}", f"{audit['kept']:,}"
        dropped = dropped_by_reason(audit["dropped"])
        account = Message(
            f"읽은 줄 {read}, 쓴 줄 {kept}, 버린 줄 {dropped.korean or 0}",
            f"read {read}, kept {kept}, dropped {dropped.english or 0}",
        )
        rows.append([f"{said('읽어 보니', 'audit')} {split}", account])
    return table(rows)
