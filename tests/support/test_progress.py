"""The running count that becomes steps."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kosent.language import Message
from kosent.support.progress import Noting, Silent, Steps
from kosent.support.signed import to_json


class Log(Silent):
    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def stage(self, name: str, total: int | None) -> None:
        self.calls.append((name, total))

    def advance(self, steps: int) -> None:
        self.calls.append((steps,))


def test_notices_are_kept_and_passed_on() -> None:
    log = Log()
    told: list[str] = []
    log.notice = told.append  # type: ignore[method-assign]
    noting = Noting(log)
    noting.stage("encode", 3)
    noting.advance(2)
    noting.notice("끝 / done")
    assert log.calls == [("encode", 3), (2,)]
    assert noting.notices == told == ["끝 / done"]


def test_a_count_becomes_steps() -> None:
    log = Log()
    count = Steps(log, "download")
    for done in (3, 3, 10):
        count(done, 10)
    assert log.calls == [("download", 10), (3,), (0,), (7,)]


def test_a_falling_count_is_the_next_file() -> None:
    log = Log()
    count = Steps(log, "download")
    count(10, 10)
    count(4, None)
    assert log.calls == [("download", 10), (10,), ("download", None), (4,)]


def test_a_report_keeps_both_languages_of_a_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSENT_LANG", "en")
    noting = Noting(Silent())
    noting.notice(Message("끝", "done"))
    assert json.loads(to_json({"notices": noting.notices})) == {"notices": ["끝 / done"]}
