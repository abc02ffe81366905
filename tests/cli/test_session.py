"""Ctrl-C, also where Python loses it."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from kosent_cli import main
from kosent_cli.progress import Lines
from kosent_cli.session import Session


class Raises:
    """Is interrupted while it is deleted, where no exception gets out."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


def test_it_is_raised_at_once() -> None:
    session = Session()
    with pytest.raises(KeyboardInterrupt), session.watching():
        signal.raise_signal(signal.SIGINT)
    assert session.interrupted
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize(
    "call", [lambda lines: lines.advance(1), lambda lines: lines.stage("x", 1)]
)
def test_a_lost_one_comes_with_the_next_step(call: Any, capsys: pytest.CaptureFixture[str]) -> None:
    session = Session()
    with session.watching():
        call(Lines(session))  # nothing happened yet
        Raises()
        assert session.interrupted
        with pytest.raises(KeyboardInterrupt):
            call(Lines(session))
    assert capsys.readouterr().err == ""


def test_other_lost_exceptions_are_told_as_always(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr("sys.unraisablehook", lambda lost: told.append(lost.exc_type))

    class Breaks:
        def __del__(self) -> None:
            raise ZeroDivisionError

    with Session().watching():
        Breaks()
    assert told == [ZeroDivisionError]


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        session = Session()
        with session.watching():
            signal.raise_signal(signal.SIGINT)
        assert not session.interrupted
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_in_a_thread_nothing_is_watched() -> None:
    done: list[bool] = []

    def work() -> None:
        with Session().watching():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


def test_an_error_that_ctrl_c_caused_counts_as_ctrl_c(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def dispatch(arguments: Any, session: Session) -> int:
        session.interrupted = True
        raise RuntimeError("cancelled")

    monkeypatch.setattr(main, "_dispatch", dispatch)
    assert main.run([]) == 130
    assert capsys.readouterr().err == "kosent: 중단했습니다 / interrupted\n"


def test_the_farewell_names_the_run_that_can_go_on(tmp_path: Path) -> None:
    session = Session()
    session.run_folder = tmp_path / "my run"
    assert session.farewell() == "중단했습니다 / interrupted"
    session.run_folder.mkdir()
    (session.run_folder / "config.json").touch()
    assert f"kosent train --resume '{session.run_folder}'" in session.farewell()
    (session.run_folder / "bundle").mkdir()
    assert session.farewell() == "중단했습니다 / interrupted"
