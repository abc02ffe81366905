"""Answers to a file: every row its line, in order, also after a kill."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kosent import TextClassifier
from kosent.errors import DataError, RuntimeSetupError, UsageError
from kosent.prediction import Row, Summary, open_rows, predict_file, predict_lines
from kosent.prediction import files as answers
from kosent.prediction.predictor import Predictor
from kosent.support.progress import Silent

GOLDEN = Path(__file__).parents[1] / "golden"
ROWS = 9000  # more than two blocks of 4,096


@pytest.fixture(scope="module")
def model() -> TextClassifier:
    return TextClassifier.load(GOLDEN / "format-2-gru")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file in which every hundredth row is none."""
    lines = [
        "{"
        if number % 100 == 0
        else json.dumps({"text": f"영화가 {number}번 {'정말 ' * (number % 7)}"})
        for number in range(1, ROWS + 1)
    ]
    path = tmp_path_factory.mktemp("source") / "rows.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


def write(model: TextClassifier, source: Path, target: Path, **options: Any) -> Summary:
    with open_rows(str(source)) as rows:
        return predict_file(model, rows, target, **options)


@pytest.fixture(scope="module")
def whole(model: TextClassifier, source: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    target = tmp_path_factory.mktemp("whole") / "out.jsonl"
    with open_rows(str(source)) as rows:
        longer = model.encoder_.encode_noted(row.text for row in rows.rows if not row.fault).cut
    assert len(longer) > 100
    assert write(model, source, target) == Summary(ROWS, ROWS // 100, 0, blank=0, cut=len(longer))
    return target.read_bytes()


def test_every_row_has_its_line(model: TextClassifier, source: Path, whole: bytes) -> None:
    lines = [json.loads(line) for line in whole.decode().split("\n")[:-1]]
    assert [line["row"] for line in lines] == list(range(1, ROWS + 1))
    with open_rows(str(source)) as rows:
        for line, row in zip(lines, rows.rows, strict=True):
            assert (line.get("text", ""), line.get("error", "")) == (row.text, row.fault)
            assert line.get("line", row.line) == row.line
    for line in lines[:400:37]:
        (expected,) = model.predict_proba([line["text"]])
        assert str(model.predict([line["text"]])[0]) == line["label"]
        assert list(line["probabilities"].values()) == pytest.approx(expected.tolist(), abs=1e-5)


@pytest.mark.parametrize("end", [0, 1, 10_000, 700_000, -1, -2, None])
def test_resuming_gives_the_same_file(
    end: int | None, model: TextClassifier, source: Path, whole: bytes, tmp_path: Path
) -> None:
    target = tmp_path / "out.jsonl"
    target.write_bytes(whole[:end])
    done = whole[:end].count(b"\n")
    summary = write(model, source, target, resume=True)
    assert (summary.rows, summary.resumed) == (ROWS, done)
    assert target.read_bytes() == whole


def test_resuming_gives_the_network_the_lists_of_a_run_without(
    model: TextClassifier, source: Path, whole: bytes, tmp_path: Path
) -> None:
    """In other lists the last digit of some rows is another one."""
    given: list[list[str]] = []

    class Noting(Predictor):
        classes_, info_ = model.classes_, model.info_
        predict_all = model.predict_all

        def predict_noted(self, parts: Any) -> Any:
            lists = list(parts)
            given.extend(lists)
            return model.predict_noted(lists)

    write(Noting(), source, tmp_path / "whole.jsonl")  # type: ignore[abstract]
    lists, given = given, []
    for done, left in ((4095, 3), (4096, 2), (5000, 2), (8192, 1), (8500, 1), (9000, 1)):
        target = tmp_path / f"{done}.jsonl"
        target.write_bytes(b"".join(whole.splitlines(keepends=True)[:done]))
        write(Noting(), source, target, resume=True)
        assert given == lists[-left:]
        assert target.read_bytes() == whole
        given.clear()


def test_resuming_nothing_is_starting(
    model: TextClassifier, source: Path, whole: bytes, tmp_path: Path
) -> None:
    write(model, source, tmp_path / "out.jsonl", resume=True)
    assert (tmp_path / "out.jsonl").read_bytes() == whole


def test_nothing_is_overwritten(model: TextClassifier, source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_bytes(b"mine\n")
    with pytest.raises(UsageError, match="exists already"):
        write(model, source, target)
    with pytest.raises(DataError, match="not what this input and model give"):
        write(model, source, target, resume=True)
    assert target.read_bytes() == b"mine\n"


@pytest.mark.parametrize("resume", [False, True])
def test_what_is_no_file_is_not_written_to(
    resume: bool, model: TextClassifier, source: Path, tmp_path: Path
) -> None:
    """A pipe without a reader, or a device that never ends, would be read for ever."""
    os.mkfifo(tmp_path / "pipe")
    for target in (tmp_path / "pipe", Path("/dev/full"), tmp_path):
        with pytest.raises(UsageError, match="is no file"):
            write(model, source, target, resume=resume)


def test_two_do_not_write_one_file(
    model: TextClassifier, source: Path, whole: bytes, tmp_path: Path
) -> None:
    """The second is refused before it cuts off what it takes for a torn line."""
    target = tmp_path / "out.jsonl"

    class Second(Silent):
        refused = 0

        def advance(self, *_: object) -> None:
            with pytest.raises(UsageError, match="another process writes"):
                write(model, source, target, resume=True)
            self.refused += 1

    second = Second()
    with open_rows(str(source)) as rows:
        predict_file(model, rows, target, listener=second)
    assert second.refused > 0
    assert target.read_bytes() == whole


def test_another_model_or_input_is_not_mixed_in(
    model: TextClassifier, source: Path, whole: bytes, tmp_path: Path
) -> None:
    target = tmp_path / "out.jsonl"
    part = b"".join(whole.splitlines(keepends=True)[:50])
    other = TextClassifier.load(GOLDEN / "format-2-hybrid.kosent")
    texts = tmp_path / "other.txt"
    texts.write_text("다른 글\n" * 100, "utf-8")
    short = tmp_path / "short.txt"
    short.write_text("다른 글\n", "utf-8")
    for given, rows in ((other, source), (model, texts), (model, short)):
        target.write_bytes(part)
        with pytest.raises(DataError, match="not what this input and model give"):
            write(given, rows, target, resume=True)
        assert target.read_bytes() == part


def test_unsure_answers_are_left_open(model: TextClassifier, source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    write(model, source, target, min_confidence=0.525)
    whole = target.read_bytes()
    lines = [json.loads(line) for line in whole.decode().split("\n")[:-1]]
    answered = [line for line in lines if "error" not in line]
    assert {line["label"] is None for line in answered} == {True, False}
    for line in answered:
        best = max(line["probabilities"], key=line["probabilities"].__getitem__)
        assert (line["top"], line["confidence"]) == (best, line["probabilities"][best])
        assert line["label"] == (best if line["confidence"] >= 0.525 else None)
    part = b"".join(whole.splitlines(keepends=True)[:50])
    sure = lines[49]["confidence"] >= 0.525
    for other in (None, 1.0 if sure else 0.1):  # a file of two thresholds would mislead
        target.write_bytes(part)
        with pytest.raises(DataError, match="with these options"):
            write(model, source, target, resume=True, min_confidence=other)
        assert target.read_bytes() == part
    write(model, source, target, resume=True, min_confidence=0.525)
    assert target.read_bytes() == whole
    with pytest.raises(UsageError, match="min_confidence"):
        write(model, source, tmp_path / "other.jsonl", min_confidence=60)
    assert not (tmp_path / "other.jsonl").exists()


def test_an_interrupt_leaves_whole_lines(
    model: TextClassifier,
    source: Path,
    whole: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "out.jsonl"
    write_block: Callable[..., Any] = answers._Writer.write

    def interrupted(self: Any, *arguments: Any) -> None:
        if self.rows:
            self.file = Torn(self.file)
        write_block(self, *arguments)

    class Torn:
        def __init__(self, file: Any) -> None:
            self.file = file

        def write(self, data: memoryview) -> int:
            self.file.write(data[: len(data) // 2 + 1])
            raise KeyboardInterrupt

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

    monkeypatch.setattr(answers._Writer, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(model, source, target)
    left = target.read_bytes()
    assert left == b"".join(whole.splitlines(keepends=True)[:4096])


def test_a_full_disk(model: TextClassifier, source: Path) -> None:
    with pytest.raises(RuntimeSetupError, match="cannot write"):
        write(model, source, Path("/nowhere/out.jsonl"))


def test_a_broken_source_keeps_what_was_written(model: TextClassifier, tmp_path: Path) -> None:
    def rows() -> Iterator[Row]:
        yield from [Row(1, "좋아요", "", ("좋아요",))] * 10_000
        raise OSError(5, "Input/output error")

    target = tmp_path / "out.jsonl"
    source = answers.Rows(rows(), ("text",), 0, None, None, lambda: 0, lambda: True)
    with pytest.raises(OSError, match="Input/output"):
        predict_file(model, source, target)
    left = target.read_bytes()
    assert left[-1:] == b"\n" or not left


def test_answers_do_not_wait_for_rows_that_are_not_there(model: TextClassifier) -> None:
    taken = 0
    gaps = {3, 4, 5000, 9000}  # rows after which the writer takes its time

    def rows() -> Iterator[Row]:
        nonlocal taken
        for number in range(1, 10_001):
            taken = number
            if number % 100 == 0:
                yield Row(number, "", "broken row", ())
            else:
                yield Row(number, f"글 {number}", "", ())

    source = answers.Rows(rows(), ("text",), 0, None, None, int, lambda: taken not in gaps)
    answered = 0
    for part, found in answers.predict_rows(model, source):
        answered += len(part)
        assert len(found.probabilities) == sum(not row.fault for row in part)
        assert not [gap for gap in gaps if answered < gap < taken]
    assert answered == 10_000


@pytest.mark.parametrize("resume", [False, True])
def test_where_no_row_can_be_read_the_reasons_are_written_and_it_is_an_error(
    resume: bool, model: TextClassifier, tmp_path: Path
) -> None:
    source, target = tmp_path / "a.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"text": 1}\n{"text": 2}\n')
    with pytest.raises(DataError, match=r"no usable row in 'a\.jsonl' \(rows read: 2; text is not"):
        write(model, source, target, resume=resume)
    lines = [json.loads(line) for line in target.read_text().splitlines()]
    assert lines == [
        {"row": number, "error": "text is not a string", "line": number} for number in (1, 2)
    ]


TEXTS = ["좋다", "두\n줄", '"', "a,b", "=1", "\r", "", "끝"]


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    """Return a file whose cells have line ends and quotes, and a row with one too few."""
    path = tmp_path / "in.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["리뷰", "수"], ["x"], *([text, text] for text in TEXTS)])
    return path


def answer(model: Predictor, source: Path, target: Path, **options: Any) -> Summary:
    with open_rows(source, "리뷰", every_column=True) as rows:
        return predict_file(model, rows, target, **options)


@pytest.mark.parametrize(
    ("ending", "min_confidence"), [(".csv", None), (".csv", 0.6), (".tsv", None)]
)
def test_resuming_from_any_byte_gives_the_same_file(
    ending: str,
    min_confidence: float | None,
    three: Predictor,
    cells: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A line end in a cell is no end of a row, and half a byte order mark no other file."""
    whole, target = tmp_path / f"whole{ending}", tmp_path / f"out{ending}"
    options = {"min_confidence": min_confidence}
    monkeypatch.setattr(os, "fsync", lambda _: None)  # 500 times
    assert answer(three, cells, whole, **options).rows == len(TEXTS) + 1
    data = whole.read_bytes()
    for end in range(len(data) + 1):
        target.write_bytes(data[:end])
        summary = answer(three, cells, target, resume=True, **options)
        assert target.read_bytes() == data, end
        assert summary.rows == len(TEXTS) + 1
        assert (summary.resumed == summary.rows) == (end == len(data))


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".jsonl"])
def test_a_foreign_file_is_not_gone_on_with(
    ending: str, three: Predictor, cells: Path, tmp_path: Path
) -> None:
    """Its last line is not cut off either, though it has no line end."""
    whole, target = tmp_path / f"whole{ending}", tmp_path / f"out{ending}"
    answer(three, cells, whole)
    data = whole.read_bytes()
    end = b"\r\n" if ending != ".jsonl" else b"\n"
    last = data[:-1].rindex(b"\n") + 1
    foreign = {
        "short": b"m",
        "torn": b"my text",
        "line": b"mine\n",
        "one row more": data + data[last:],
        "another row": data[:last] + data[last:].replace("끝".encode(), "꿑".encode()),
        "no row": data[:last] + b"x" + end,
        "fewer cells": data[:last] + b"x,y" + end,
        "another number": data[:last] + data[last:].replace(b"0.", b"0.9"),
        "no number": data[:last] + data[last:].replace(b"0.", b"x"),
        "no text": data[:last] + b"\xff" + end,
    }
    for name, content in foreign.items():
        assert content != data, name
        target.write_bytes(content)
        with pytest.raises(DataError, match="not what this input and model give"):
            answer(three, cells, target, resume=True)
        assert target.read_bytes() == content, name


@pytest.mark.parametrize("other", [None, 0.2])
def test_a_table_of_two_thresholds_would_mislead(
    other: float | None, three: Predictor, cells: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out.csv"
    answer(three, cells, target, min_confidence=0.99)
    data = target.read_bytes()
    with pytest.raises(DataError, match="with these options"):
        answer(three, cells, target, min_confidence=other, resume=True)
    assert target.read_bytes() == data


def test_the_lines_of_a_file_come_one_by_one_too(
    model: TextClassifier, source: Path, whole: bytes
) -> None:
    with open_rows(source) as rows:
        blocks = [block for block, _ in predict_lines(model, rows)]
    assert len(blocks) > 2
    assert b"".join(blocks) == whole
    with open_rows(source) as rows, pytest.raises(UsageError, match="min_confidence"):
        next(predict_lines(model, rows, 60))


COMMAND = "from kosent_cli.main import main; main()"


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_process_is_resumed_to_the_same_file(
    sent: signal.Signals, source: Path, tmp_path: Path, whole: bytes
) -> None:
    long = tmp_path / "long.jsonl"
    long.write_bytes((source.read_bytes() + b"\n") * 12)
    out = tmp_path / "out.jsonl"
    line = [sys.executable, "-c", COMMAND, "predict", "--input", str(long), "--output", str(out)]
    line += ["--bundle", str(GOLDEN / "format-2-gru")]
    process = subprocess.Popen(line, stderr=subprocess.PIPE)
    blocks = 2 * 4096 * len(whole) // ROWS  # bytes: an interrupted block is taken back
    until = time.monotonic() + 60
    while not (out.exists() and out.stat().st_size > blocks) and time.monotonic() < until:
        time.sleep(0.005)
    process.send_signal(sent)
    errors = process.communicate()[1].decode()
    assert process.returncode == (-9 if sent == signal.SIGKILL else 130), errors
    left = out.read_bytes()
    assert 0 < left.count(b"\n") < ROWS * 12
    if sent == signal.SIGINT:
        assert left.endswith(b"\n")
    subprocess.run([*line, "--resume"], check=True, capture_output=True)
    rows = [json.loads(each) for each in out.read_bytes().decode().split("\n")[:-1]]
    assert [row["row"] for row in rows] == list(range(1, ROWS * 12 + 1))
    first = [json.loads(each) for each in whole.decode().split("\n")[:-1]]
    assert rows[:ROWS] == first
    for row, again in zip(rows[-ROWS:], first, strict=True):
        assert row.get("text") == again.get("text")


@pytest.mark.slow
def test_a_table_of_a_killed_process_is_gone_on_with(tmp_path: Path) -> None:
    rows = [[str(n), f'영화가 "{n}번"\n{"정말 " * (n % 7)}'] for n in range(12_000)]
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["번호", "리뷰"], *rows])
    line = [sys.executable, "-c", COMMAND, "predict", "--input", str(source), "--output", str(out)]
    line += ["--bundle", str(GOLDEN / "format-2-gru")]
    process = subprocess.Popen(line, stderr=subprocess.PIPE)
    until = time.monotonic() + 60
    while not (out.exists() and out.stat().st_size > 1000) and time.monotonic() < until:
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert out.stat().st_size > 1000
    subprocess.run([*line, "--resume"], check=True, capture_output=True)
    with out.open(encoding="utf-8-sig", newline="") as file:
        assert [row[:2] for row in csv.reader(file)] == [["번호", "리뷰"], *rows]


@pytest.mark.slow
def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("영화가 정말 재밌다\n" * 60_000, "utf-8")
    line = [sys.executable, "-c", COMMAND, "predict", "--input", str(path)]
    process = subprocess.Popen(
        [*line, "--bundle", str(GOLDEN / "format-2-gru")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().count(b"\t") == 3
    process.stdout.close()
    assert process.wait(60) == 141
    said = process.stderr.read()
    process.stderr.close()
    assert said.count(b"\n") == 1
    assert "'long.txt': 한 줄에 글 하나".encode() in said  # how it is read, and nothing else


@pytest.mark.parametrize("min_confidence", [None, 0.0])
def test_a_blank_text_gets_no_label_and_a_reason(
    min_confidence: float | None, model: TextClassifier, tmp_path: Path
) -> None:
    """Also where the file ends with it, and is gone on with."""
    source, target = tmp_path / "a.jsonl", tmp_path / "out.jsonl"
    texts = ["재밌다", "\u200b", "별로", "\u200b\ufeff"]
    source.write_text("\n".join(json.dumps({"text": text}) for text in texts))
    done = write(model, source, target, min_confidence=min_confidence)
    assert done == Summary(4, 0, 0, blank=2)
    lines = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert [line["text"] for line in lines] == texts
    assert [line["label"] is None for line in lines] == [False, True, False, True]
    assert [line.get("reason") for line in lines] == [None, "empty text", None, "empty text"]
    with source.open("a") as file:
        file.write('\n{"text": "또"}')
    more = write(model, source, target, min_confidence=min_confidence, resume=True)
    assert more == Summary(5, 0, 4)
