"""The reports of an evaluation, an audit and a bench."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kosent.corpora import load_corpus
from kosent.corpora.base import Audit, Corpus, Split
from kosent.errors import UsageError
from kosent.evaluation.bench.cells import Key, Result, packed
from kosent.evaluation.bench.summary import Bench, Done, Failed, boards_of
from kosent.evaluation.bench.tasks import Task
from kosent.evaluation.evaluate import evaluate_bundle
from kosent.evaluation.stress import stress
from kosent.inspection.audit import audit
from kosent.language import Message
from kosent.reporting import write_audit_report, write_bench_report, write_evaluation_report
from kosent.runs.run import RunResult

Reading = Callable[[Path], Any]


def in_both(
    write: Callable[[Path], Path], read: Reading, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Write a report in both languages, hold that they say the same, and return the English one."""
    pages = []
    for language in ("ko", "en"):
        monkeypatch.setenv("KOSENT_LANG", language)
        pages.append(read(write(folder / f"{language}.html")))
    assert pages[0].sections() == pages[1].sections()
    assert [len(row) for row in pages[0].cells] == [len(row) for row in pages[1].cells]
    numbers = [
        [re.findall(r"\d+\.\d+", cell) for row in page.cells for cell in row] for page in pages
    ]
    assert numbers[0] == numbers[1]
    assert not any(re.search("[가-힣]", heading) for heading in pages[1].headings[1:])
    return pages[1]


@pytest.mark.slow
def test_an_evaluation(
    run: RunResult, hostile: Path, read: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = evaluate_bundle(run.bundle, str(hostile))
    answers = found.answers
    noisy = stress(answers.classifier, answers.texts, answers.labels)
    page = in_both(
        lambda path: write_evaluation_report(found, path, stress=noisy, command="kosent evaluate"),
        read, tmp_path, monkeypatch,
    )  # fmt: skip
    names = ["summary", "data", "figures", "calibration", "stress", "mistakes", "repeat"]
    assert page.sections() == names  # it learned these rows, and says nothing of their labels
    assert f"{found.report.accuracy:.4f}" in page.text
    assert page.value("texts scored") == f"{found.report.rows:,}"
    for each in noisy.noises:
        row = next(row for row in page.cells if row[0] == each.noise)
        assert row[3] == f"{each.accuracy:.4f}"
    bare = read(write_evaluation_report(found, tmp_path / "bare.html", texts=False))
    assert "mistakes" not in bare.sections()
    assert "alert(" not in bare.text


@pytest.mark.slow
def test_rows_that_were_not_learned_have_suspects(
    run: RunResult, read: Reading, tmp_path: Path
) -> None:
    found = evaluate_bundle(run.bundle, "sample")
    assert not found.learned
    page = read(write_evaluation_report(found, tmp_path / "test.html"))
    assert "suspects" in page.sections()


def test_the_name_of_a_report(tmp_path: Path) -> None:
    corpus = load_corpus("sample").limited(20, 0)
    with pytest.raises(UsageError, match=r"\.html"):
        write_audit_report(audit(corpus, suspects=False), tmp_path / "report.pdf")


def test_an_audit(
    hostile: Path, read: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [
        "<b>좋다</b>",
        "<b>좋다</b>",
        "반쪽 \ud83d",
        *(f"글 {number} \u202e" for number in range(60)),
    ]
    labels = ["a", "b", *("ab"[number % 2] for number in range(61))]
    split = Split(texts, labels, Audit(63, 63), list(range(63)))
    audited = audit(Corpus("<mine>", "ko", split, None), suspects=True)
    page = in_both(lambda path: write_audit_report(audited, path), read, tmp_path, monkeypatch)
    assert page.sections() == ["summary", "data", "findings", "examples", "suspects"]
    document = audited.to_dict()
    assert page.value("the same text has another label too") == "2"
    assert page.value("rows to keep") == str(document["keep"]["train"])
    assert "<b>좋다</b>" in page.text
    assert r"\ud83d" in page.text
    bare = read(write_audit_report(audited, tmp_path / "bare.html", texts=False))
    assert "좋다" not in bare.text


@pytest.mark.slow  # the platform is asked of a process
def test_a_bench(read: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def rows(name: str, count: int) -> Split:
        labels = [str(row % 2) for row in range(count)]
        return Split([f"{name} {row}" for row in range(count)], labels, Audit(count, count))

    test = rows("시험", 400)
    task = Task("<말뭉치>", Corpus("말뭉치", "ko", rows("학습", 50), test), test, {}, "12345678ab")

    def cell(system: str, wrong: int, learned: int | None) -> Done:
        predicted = task.truth.copy()
        predicted[:wrong] = 1 - predicted[:wrong]
        key = Key(system, learned, 0, task.fingerprint, {}, "1")
        figures = 1 - wrong / 400, 1 - wrong / 400, 1.0, 10.0, 5
        return Done(task.name, key, Result(learned or 50, *figures, packed(predicted), None, ""))

    cells = [
        cell(name, wrong, n) for n in (20, None) for name, wrong in (("default", 20), ("svm", 60))
    ]
    failed = Failed(task.name, "fasttext", None, 0, Message("안 됨 0.5", "does not work 0.5"))
    bench = Bench("default", tuple(boards_of(task, cells, "default")), (failed,))
    page = in_both(
        lambda path: write_bench_report(bench, path, command="kosent bench"),
        read,
        tmp_path,
        monkeypatch,
    )
    assert page.sections() == [
        "versus",
        "curves",
        "rows-20",
        "rows-all",
        "failed",
        "repeat",
        "environment",
    ]
    board = bench.boards[0]
    for entry in board.entries:
        assert page.value(entry.system) == f"{entry.macro_f1.mean:.4f}"
    assert "does not work 0.5" in page.text
    assert "win" in page.text
    assert write_bench_report(bench, tmp_path) == tmp_path / "report.html"
    assert np.isclose(board.versus["accuracy"].difference, 0.1)
