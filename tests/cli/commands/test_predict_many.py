"""``kosent predict`` with several processes, several files, and signals in the middle."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kosent.support.executors import cluster

BUNDLE = ("--bundle", str(Path(__file__).parents[2] / "golden" / "format-2-hybrid.kosent"))


@pytest.fixture
def texts(elsewhere: Path) -> Path:
    path = elsewhere / "texts.txt"
    path.write_text("".join(f"영화가 {number}번 재밌다\n" for number in range(9000)), "utf-8")
    return path


@pytest.mark.slow
def test_jobs_write_the_same_file(kosent: Callable[..., Any], texts: Path) -> None:
    one = kosent("predict", *BUNDLE, "--input", "texts.txt", "--output", "one.jsonl")
    two = kosent("predict", *BUNDLE, "--input", "texts.txt", "--output", "two.jsonl", "--jobs", "2")
    assert (one.code, two.code) == (0, 0), two.err
    assert two.err == one.err.replace("one.jsonl", "two.jsonl")
    whole = Path("one.jsonl").read_bytes()
    assert Path("two.jsonl").read_bytes() == whole
    Path("two.jsonl").write_bytes(whole[:100_000])
    command = ("predict", *BUNDLE, "--input", "texts.txt", "--output", "two.jsonl", "--jobs", "2")
    assert kosent(*command, "--resume").code == 0
    assert Path("two.jsonl").read_bytes() == whole
    lines = kosent("predict", *BUNDLE, "--input", "texts.txt", "--jsonl", "--jobs", "2")
    assert lines.out.encode() == whole


@pytest.mark.slow
def test_several_files(kosent: Callable[..., Any], texts: Path) -> None:
    folder = texts.parent / "in"
    folder.mkdir()
    (folder / "a.csv").write_text("text\n좋다\n", "utf-8")
    (folder / "b.csv").write_text("text\n", "utf-8")
    (folder / "c.csv").write_text("n\n1\n2\n", "utf-8")
    command = ("predict", *BUNDLE, "--input", "in", "--input", "texts.txt", "--output", "out")
    outcome = kosent(*command, "--jobs", "1", "--json")
    assert outcome.code == 3
    assert [(each["output"], each.get("rows"), "error" in each) for each in outcome.json] == [
        ("out/a.csv", 1, False),
        ("out/b.csv", 0, False),
        ("out/c.csv", None, True),
        ("out/texts.txt.jsonl", 9000, False),
    ]
    assert "1 of 4 files could not be read: c.csv" in outcome.err
    assert not Path("out/c.csv").exists()
    before = Path("out/texts.txt.jsonl").read_bytes()
    assert kosent(*command, "--resume").code == 3
    assert Path("out/texts.txt.jsonl").read_bytes() == before


def test_what_is_refused(
    refused: Callable[..., str], texts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda _: None)
    (texts.parent / "out").mkdir()
    (texts.parent / "out" / "texts.txt.jsonl").write_text("mine")
    several = ("predict", *BUNDLE, "--input", "texts.txt", "--input", "*.txt")
    assert "exists already" in refused(2, *several, "--output", "out")
    assert "take --output FOLDER/" in refused(2, *several)
    assert "take --output FOLDER/" in refused(2, *several, "--output", "-")
    assert "no file to read" in refused(3, "predict", "--input", "x*.csv", "--output", "new/")
    assert "go with --input" in refused(2, "predict", "--jobs", "2", "좋다")
    one = ("predict", *BUNDLE, "--input", "texts.txt", "--output", "new.jsonl")
    assert "jobs must be" in refused(2, *one, "--jobs", "0")
    assert "--engine ray goes with" in refused(
        2, "predict", *BUNDLE, "--input", "texts.txt", "--engine", "ray"
    )
    assert "takes Ray" in refused(5, *one, "--engine", "ray")
    assert sorted(path.name for path in texts.parent.iterdir()) == ["out", "texts.txt"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code", "word", "ending"),
    [
        (signal.SIGTERM, 143, "interrupted", ".jsonl"),
        (signal.SIGINT, 130, "interrupted", ".jsonl"),
        (signal.SIGTERM, 143, "interrupted", ".parquet"),
    ],
)
def test_signals_leave_whole_rows_and_no_process(
    number: int, code: int, word: str, ending: str, command_line: list[str], texts: Path
) -> None:
    with texts.open("a", encoding="utf-8") as file:
        file.writelines(f"음악이 {number}번 지루하다\n" for number in range(200_000))
    output = texts.parent / f"out{ending}"
    command = [*command_line, "predict", *BUNDLE, "--input", "texts.txt", "--jobs", "2"]
    process = subprocess.Popen(
        [*command, "--output", str(output)], stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    deadline = time.monotonic() + 60
    while len(workers(process.pid)) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    children = workers(process.pid)
    while ending == ".jsonl" and not (output.exists() and output.stat().st_size):
        time.sleep(0.02)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code, said
    assert said.count(word) == 1
    assert "Traceback" not in said
    assert len(children) == 2
    while any(Path(f"/proc/{child}").exists() for child in children):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    left = {path.name for path in texts.parent.iterdir()}
    if ending == ".parquet":
        assert left == {"texts.txt"}
        return
    assert left == {"texts.txt", "out.jsonl"}
    rows = output.read_bytes().split(b"\n")
    assert rows[-1] == b""
    assert [json.loads(row)["row"] for row in rows[:-1]] == list(range(1, len(rows)))
    assert 0 < len(rows) < 209_000


def workers(pid: int) -> list[int]:
    found = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        found += list(map(int, thread.read_text().split()))
    return found
