"""Scoring a classifier on noisy texts."""

from __future__ import annotations

from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kosent.errors import BundleError, DataError, UsageError
from kosent.evaluation.stress import stress, stress_bundle
from kosent.metrics.intervals import paired_interval
from kosent.text.noise import NOISES, perturb

if TYPE_CHECKING:
    from kosent import TextClassifier

Reviews = tuple[list[str], list[str]]


def test_the_figures_are_those_of_evaluate(trained: TextClassifier, reviews: Reviews) -> None:
    texts, labels = reviews
    figures = stress(trained, texts, labels, seed=3)
    assert figures.rows == len(texts)
    assert figures.accuracy == trained.evaluate(texts, labels).accuracy
    assert [each.noise for each in figures.noises] == list(NOISES)
    for each in figures.noises:
        noisy = perturb(each.noise, texts, seed=3)
        assert each.rate == NOISES[each.noise].rate
        assert each.accuracy == trained.evaluate(noisy, labels).accuracy
        assert each.difference == each.accuracy - figures.accuracy
        assert each.changed == np.mean(np.array(noisy) != np.array(texts))
        assert each.low <= each.difference <= each.high or each.difference == 0
    assert figures.noises[0].difference < 0  # words are what it learned


def test_rate_and_seed(trained: TextClassifier, reviews: Reviews) -> None:
    texts, labels = reviews
    still = stress(trained, texts, labels, rate=0.0)
    assert {(each.rate, each.changed, each.difference) for each in still.noises} == {(0, 0, 0)}
    half = stress(trained, texts, labels, rate=0.5, seed=1)
    assert half == stress(trained, texts, labels, rate=0.5, seed=1)
    noisy = perturb("typos", texts, 0.5, 1)
    typos = next(each for each in half.noises if each.noise == "typos")
    assert typos.accuracy == trained.evaluate(noisy, labels).accuracy
    assert half != stress(trained, texts, labels, rate=0.5, seed=2)


def test_an_interval_by_hand() -> None:
    before = np.array([True] * 60 + [False] * 40)
    after = np.array([True] * 50 + [False] * 45 + [True] * 5)  # 10 lost, 5 gained
    half = 1.959964 * sqrt(16 - 5**2 / 102) / 102
    assert paired_interval(before, after) == pytest.approx((-5 / 102 - half, -5 / 102 + half))


def test_an_interval_is_neither_empty_nor_more_than_all() -> None:
    right = np.array([True])
    low, high = paired_interval(right, right)
    assert -1 <= low < 0 < high <= 1
    assert paired_interval(right, ~right)[0] >= -1
    low, high = paired_interval(np.ones(1000, np.bool_), np.ones(1000, np.bool_))
    assert high - low < 0.005


def test_an_interval_covers() -> None:
    """Of 400 samples about 95 % hold the true difference of -0.03."""
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(400):
        cell = rng.choice(4, 500, p=[0.80, 0.05, 0.02, 0.13])  # both, lost, gained, neither
        low, high = paired_interval(cell < 2, (cell == 0) | (cell == 2))
        hits += low <= -0.03 <= high
    assert 365 <= hits <= 395


def test_a_bundle(saved: Path, trained: TextClassifier, reviews: Reviews, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    rows = "".join(f"{text},{label}\n" for text, label in zip(*reviews, strict=True))
    path.write_text(f"text,label\n{rows}", "utf-8")
    result = stress_bundle(saved, str(path), seed=5)
    assert result.stress == stress(trained, *reviews, seed=5)
    assert (result.bundle, result.corpus, result.split) == (saved, "mine", "train")
    assert stress_bundle(saved, str(path), limit=20).stress.rows == 20


def test_refusals(trained: TextClassifier, reviews: Reviews, tmp_path: Path) -> None:
    texts, labels = reviews
    with pytest.raises(DataError, match="no rows"):
        stress(trained, [], [])
    with pytest.raises(DataError, match="not trained on"):
        stress(trained, texts, ["good"] * len(texts))
    with pytest.raises(UsageError, match="rate must be"):
        stress(trained, texts, labels, rate=1.5)
    with pytest.raises(UsageError, match="seed must be"):
        stress_bundle(tmp_path, seed=-1)  # before anything is read
    with pytest.raises(BundleError, match="not a kosent bundle"):
        stress_bundle(tmp_path)
