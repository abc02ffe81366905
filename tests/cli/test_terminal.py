"""What a terminal is shown: a bar on stderr, colours unless they are unwanted, data on stdout."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable

import pytest

# A stage of some steps with a remark in between, without waiting for TensorFlow.
SHOW = """
import logging, time
from kosent_cli.notices import library_notices
from kosent_cli.progress import display
from kosent_cli.session import Session
with library_notices(), display(Session()) as listener:
    listener.stage("epoch 1/2", 4)
    listener.advance(2)
    time.sleep(0.3)  # the bar is drawn ten times a second
    logging.getLogger("kosent").warning("어휘를 줄였습니다 / lowered")
    listener.epoch({"epoch": 1.0, "loss": 0.5, "accuracy": 0.75, "seconds": 1.25})
    listener.stage("test", None)
    listener.notice("끝 / done")
print("data")
"""
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def on_a_terminal() -> Callable[..., tuple[str, str]]:
    """Run ``SHOW`` with stderr on a terminal; return stdout and what the terminal got."""

    def call(**environment: str) -> tuple[str, str]:
        ours, theirs = pty.openpty()
        kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        process = subprocess.Popen(
            [sys.executable, "-c", SHOW],
            stdout=subprocess.PIPE,
            stderr=theirs,
            env={**kept, "TERM": "xterm", "COLUMNS": "100", **environment},
        )
        os.close(theirs)
        shown = b""
        while True:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # the terminal's other end is closed
                break
            if not chunk:
                break
            shown += chunk
        os.close(ours)
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        return out.decode(), shown.decode()

    return call


def test_a_bar_and_lines_above_it(on_a_terminal: Callable[..., tuple[str, str]]) -> None:
    out, shown = on_a_terminal()
    assert out == "data\n"
    assert COLOUR.search(shown)
    lines = [line.split("\r")[-1].strip() for line in CONTROL.sub("", shown).split("\r\n")]
    kept = [line for line in lines if line and "━" not in line]
    assert kept == [
        "어휘를 줄였습니다 / lowered",
        "epoch 1  loss 0.5000  accuracy 0.7500  1.2 s",
        "끝 / done",
    ]
    assert "학습 / training 1/2" in shown
    assert "50%" in CONTROL.sub("", shown)


def test_no_colour_where_it_is_unwanted(on_a_terminal: Callable[..., tuple[str, str]]) -> None:
    _, shown = on_a_terminal(NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", shown)
    assert "학습 / training 1/2" in shown


def test_plain_lines_elsewhere() -> None:
    done = subprocess.run([sys.executable, "-c", SHOW], capture_output=True, check=True)
    assert done.stdout == b"data\n"
    assert done.stderr.decode().splitlines() == [
        "어휘를 줄였습니다 / lowered",
        "epoch 1  loss 0.5000  accuracy 0.7500  1.2 s",
        "평가 / scoring",
        "끝 / done",
    ]
