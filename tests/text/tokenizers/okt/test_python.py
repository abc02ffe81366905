"""The engine without Java: worker processes for large batches, and what becomes of them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kosent.text.tokenizers.okt import python, workers
from kosent.text.tokenizers.okt.analyses import pack, renderer, unpack
from kosent.text.tokenizers.okt.python import Python
from kosent.text.tokenizers.okt.workers import Workers, WorkersError

EOJEOLS = [
    f"{word}{ending}" for word in ("영화", "재미", "뷁😂") for ending in ("가", "있다", "ㅋㅋ")
]


def expected() -> dict[str, str]:
    return Python(True, True, {}).analyse(EOJEOLS)


@pytest.mark.slow
def test_workers_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python, "_MANY", 1)
    monkeypatch.setattr(python, "_CHUNK", 8)
    monkeypatch.setattr(python, "processors", lambda: 2)
    engine = Python(True, True, {"뷁": "Noun"})
    assert engine.analyse(EOJEOLS) == expected() | engine._workers.analyse([EOJEOLS])
    assert engine._workers.running
    engine._workers.close()
    assert not engine._workers.running


@pytest.mark.slow
def test_a_worker_that_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python, "_MANY", 1)
    monkeypatch.setattr(python, "_MANY_WHEN_RUNNING", 1)
    monkeypatch.setattr(python, "processors", lambda: 2)
    engine = Python(True, True, {})
    engine.analyse(EOJEOLS)
    for process in engine._workers._processes:
        process.kill()
        process.wait()
    assert engine.analyse(EOJEOLS) == expected()


@pytest.mark.slow
def test_where_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python, "_MANY", 1)
    monkeypatch.setattr(python, "processors", lambda: 2)
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert Python(True, True, {}).analyse(EOJEOLS) == expected()
    with pytest.raises(WorkersError):
        Workers(False, False, {}).analyse([EOJEOLS])


@pytest.mark.slow
def test_idle_workers_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_IDLE", 0.1)
    pool = Workers(False, False, {})
    pool.analyse([EOJEOLS])
    end = time.monotonic() + 30
    while pool.running and time.monotonic() < end:
        time.sleep(0.05)
    assert not pool.running
    assert pool.analyse([EOJEOLS])
    pool.close()


UNGUARDED = """
import os, sys, threading
from kosent.text.tokenizers.okt import python
from kosent.text.tokenizers import Okt
python._MANY = 1
python.processors = lambda: 2
okt = Okt()
print(okt(["재미있는 영화", "별로였다"]), okt._memory._engine._workers.running, flush=True)
if sys.argv[1] == "fork":
    child = os.fork()
    if child == 0:
        print(okt(["자식이 묻는다"]), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    print(okt(["부모도 묻는다"]), flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", ["plain", "fork"])
def test_a_script_without_a_guard(tmp_path: Path, how: str) -> None:
    """Nothing of the script runs twice, and a fork's end does not take the parent's workers."""
    if how == "fork" and not hasattr(os, "fork"):
        pytest.skip("no fork on this system")
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED)
    done = subprocess.run(
        [sys.executable, str(script), how], capture_output=True, text=True, timeout=120, check=False
    )
    first = "[['재미있는', '영화'], ['별로', '였다']] True"
    assert done.stdout.splitlines()[0] == first
    assert len(done.stdout.splitlines()) == (3 if how == "fork" else 1)
    assert (done.returncode, done.stderr) == (0, "")


INTERRUPTED = """
import os, signal, sys, threading, time
from kosent.text.tokenizers.okt import python
from kosent.text.tokenizers import Okt
python.processors = lambda: 2
okt = Okt()
syllables = [chr(0xAC00 + number * 29) for number in range(385)]
words = [f"{one}{two}영화였는데" for one in syllables for two in syllables]
started = time.monotonic()
threading.Timer(2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    okt([" ".join(words)])
except KeyboardInterrupt:
    print("interrupted", time.monotonic() - started < 8, okt._memory._engine._workers.running)
print(okt(["그래도 된다"]))
"""


@pytest.mark.slow
def test_an_interrupt_ends_the_workers() -> None:
    """200,000 eojeols would take them 10 s and more."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.splitlines() == ["interrupted True False", "[['그래도', '된다']]"]
    assert (done.returncode, done.stderr) == (0, "")


def test_an_analysis_as_one_string() -> None:
    tokens = [("재미", "Noun"), ("있다", "Adjective"), ("!/", "Punctuation")]
    assert unpack(pack(tokens)) == tokens
    assert unpack(pack([])) == []
    packed = [pack(tokens), pack([])]
    assert renderer(False, None)(packed) == [("재미", "있다", "!/"), ()]
    assert renderer(True, frozenset({"Noun"}))(packed) == [("재미/Noun",), ()]
