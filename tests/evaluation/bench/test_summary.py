"""Wins, ties and losses of predictions that are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kosent.corpora.base import Audit, Corpus, Split
from kosent.evaluation.bench import pages
from kosent.evaluation.bench.cells import Key, Result, packed
from kosent.evaluation.bench.summary import Bench, Board, Done, boards_of
from kosent.evaluation.bench.tasks import Task


def split(rows: int, name: str) -> Split:
    texts = [f"{name} {row}" for row in range(rows)]
    return Split(texts, [str(row % 2) for row in range(rows)], Audit(rows, rows))


@pytest.fixture
def task() -> Task:
    train, test = split(50, "학습"), split(400, "시험")
    test.texts[:40] = ["학습 0"] * 40
    return Task("말뭉치", Corpus("말뭉치", "ko", train, test), test, {}, "12345678ab")


def cell(task: Task, system: str, wrong: range, rows: int | None = None, seed: int = 0) -> Done:
    predicted = task.truth.copy()
    predicted[list(wrong)] = 1 - predicted[list(wrong)]
    key = Key(system, rows, seed, task.fingerprint, {}, "1")
    accuracy = 1 - len(wrong) / len(predicted)
    result = Result(50, accuracy, accuracy, 1.0, 10.0, 5, packed(predicted), None, "")
    return Done(task.name, key, result)


def board(task: Task, ours: range, rival: range) -> Board:
    cells = [
        cell(task, "default", ours),
        cell(task, "svm", rival),
        cell(task, "nb-svm", range(200)),
    ]
    (found,) = boards_of(task, cells, "default")
    return found


def test_a_lead_of_one_family_is_no_win(task: Task) -> None:
    """Thirty paraphrases of three sentences tell as much as three texts."""
    assert board(task, range(20), range(50)).versus["accuracy"].verdict == "win"
    together = replace(task, families=np.arange(400) // 10)
    found = board(together, range(20), range(50))
    assert found.versus["accuracy"].verdict == "tie"
    assert (found.families, found.to_dict()["families"]) == (40, 40)
    assert "(40 families)" in pages.board_title(found)


@pytest.mark.parametrize(
    ("ours", "rival", "verdict"),
    [
        (range(20), range(60), "win"),
        (range(60), range(20), "loss"),
        (range(60), range(1, 62), "tie"),
        (range(20), range(20), "tie"),
    ],
)
def test_verdicts(task: Task, ours: range, rival: range, verdict: str) -> None:
    found = board(task, ours, rival)
    for versus in found.versus.values():
        assert versus.rival == "svm"
        assert versus.verdict == verdict
    accuracy = found.versus["accuracy"].difference
    assert accuracy == pytest.approx((len(rival) - len(ours)) / 400)


def test_without_the_texts_that_stand_in_train(task: Task) -> None:
    found = board(task, range(20), range(40, 60))
    assert found.marked == {"in train": 40}
    default, svm = found.entry("default"), found.entry("svm")
    assert default is not None
    assert svm is not None
    assert default.accuracy.mean == svm.accuracy.mean == 0.95
    assert default.without["in train"]["accuracy"] == 1.0
    assert svm.without["in train"]["accuracy"] == pytest.approx(340 / 360)


def test_seeds_are_averaged(task: Task) -> None:
    cells = [cell(task, "default", range(20 * seed), seed=seed) for seed in range(3)]
    cells.append(cell(task, "svm", range(40)))
    (found,) = boards_of(task, cells, "default")
    entry = found.entry("default")
    assert entry is not None
    assert entry.accuracy.mean == pytest.approx(0.95)
    assert entry.accuracy.sd == pytest.approx(np.std([1, 0.95, 0.9], ddof=1))
    assert found.versus["accuracy"].difference == pytest.approx(0.05)


def test_totals_and_pages(task: Task) -> None:
    boards = (
        board(task, range(20), range(60)),
        board(task, range(60), range(20)),
        board(task, range(20), range(20)),
    )
    bench = Bench("default", boards, ())
    macro, accuracy = bench.totals
    assert (accuracy.wins, accuracy.ties, accuracy.losses) == (1, 1, 1)
    assert accuracy.difference == pytest.approx(0)
    assert accuracy.low == accuracy.high == 0  # of the same draws: what one gains the other loses
    assert macro.corpora == 3
    text = pages.markdown(bench)
    assert "1 / 1 / 1" in text
    assert "in train 40" in text
    assert pages.picture(bench) is None
    widths = {len(row) for row in pages.versus_table(bench, None)}
    assert len(widths) == 1


def test_nothing_to_compare(task: Task) -> None:
    (found,) = boards_of(task, [cell(task, "svm", range(3))], None)
    bench = Bench(None, (found,), ())
    assert found.versus == {}
    assert bench.totals == []
    assert pages.versus_table(bench, None) == []
    assert "svm" in pages.markdown(bench)
