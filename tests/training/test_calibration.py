from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosent.metrics.scores import log_loss
from kosent.training.calibration import Calibration, divide_scores, fit_temperature


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)


def drawn(rows: int, classes: int, too_sure: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return scores that are too large by a factor, and classes drawn from the true ones."""
    rng = np.random.default_rng(seed)
    true = rng.normal(0, 2, (rows, classes))
    noise = rng.gumbel(size=true.shape)  # the largest sum is a draw from softmax
    return true * too_sure, (true + noise).argmax(axis=1)


@pytest.mark.parametrize("too_sure", [0.5, 1.0, 2.5])
@pytest.mark.parametrize("classes", [2, 5])
def test_the_factor_is_found(too_sure: float, classes: int) -> None:
    scores, numbers = drawn(20_000, classes, too_sure, seed=1)
    assert fit_temperature(softmax(scores), numbers) == pytest.approx(too_sure, rel=0.05)


@settings(max_examples=60)
@given(
    st.integers(0, 2**16),
    st.integers(1, 60),
    st.integers(2, 5),
    st.floats(0.05, 20),
    st.booleans(),
)
def test_the_loss_never_grows_and_no_answer_changes(
    seed: int, rows: int, classes: int, too_sure: float, all_right: bool
) -> None:
    scores, numbers = drawn(rows, classes, too_sure, seed)
    before = softmax(scores)
    if all_right:
        numbers = before.argmax(axis=1)
    temperature = fit_temperature(before, numbers)
    assert 0.01 < temperature < 100
    after = softmax(np.log(np.maximum(before.astype(np.float64), 1e-300)) / temperature)
    told = Calibration.of(temperature, numbers, before, after)
    assert told.loss_after <= told.loss_before + 1e-6
    assert told.rows == rows
    apart = np.sort(before, axis=1)
    clear = apart[:, -1] - apart[:, -2] > 1e-5  # nearer ones may be rounded to a tie
    assert (before.argmax(axis=1) == after.argmax(axis=1))[clear].all()


def test_a_weight_counts_as_that_many_rows() -> None:
    """As many in all as before: the prior is to weigh the same."""
    scores, numbers = drawn(3_000, 2, 1.8, seed=4)
    odd, once = np.where(numbers == 1, 2.5, 0.5), softmax(scores)
    weighted = fit_temperature(once, numbers, odd * len(odd) / odd.sum())
    times = (odd * 2).astype(int)
    repeated = fit_temperature(np.repeat(once, times, axis=0), np.repeat(numbers, times))
    assert weighted == pytest.approx(repeated, rel=0.01)
    assert abs(weighted - fit_temperature(once, numbers)) > 0.02


def test_a_split_that_is_all_right_does_not_make_certainty() -> None:
    """The likelihood alone has its maximum at temperature 0, where all probabilities are 1."""
    likely = np.tile(np.array([[0.8, 0.2]], np.float32), (16, 1))
    few = fit_temperature(likely, np.zeros(16, np.int64))
    many = fit_temperature(np.repeat(likely, 100, axis=0), np.zeros(1600, np.int64))
    assert 0.1 < many < few < 1


def test_probabilities_rounded_to_0_and_1() -> None:
    certain = np.array([[1, 0], [0, 1], [1, 0]], np.float32)
    assert fit_temperature(certain, np.array([0, 1, 1])) > 1
    assert 0 < fit_temperature(certain, np.array([0, 1, 0])) < np.inf


def test_one_row_of_even_odds_says_nothing() -> None:
    assert fit_temperature(np.array([[0.5, 0.5]], np.float32), np.array([1])) == 1.0


def test_log_loss_by_hand() -> None:
    scores = np.log([[0.8, 0.2], [0.5, 0.5]]) + 7  # a constant in a row changes nothing
    assert log_loss(scores, np.array([0, 1])) == pytest.approx(-(np.log(0.8) + np.log(0.5)) / 2)


def test_the_record_of_what_was_done() -> None:
    before = np.array([[0.9, 0.1], [0.9, 0.1]], np.float32)
    after = np.array([[0.5, 0.5], [0.5, 0.5]], np.float32)
    found = Calibration.of(2.0, np.array([0, 1]), before, after).to_dict()
    assert found == {
        "temperature": 2.0,
        "rows": 2,
        "loss_before": pytest.approx(-(np.log(0.9) + np.log(0.1)) / 2),
        "loss_after": pytest.approx(np.log(2)),
        "ece_before": pytest.approx(0.4),
        "ece_after": pytest.approx(0.0),
    }


def test_only_the_last_layer_is_divided() -> None:
    weights = {
        "embedding/embeddings": np.ones((3, 2), np.float32),
        "probabilities/kernel": np.full((2, 2), 3, np.float32),
        "probabilities/bias": np.full(2, 6, np.float32),
    }
    found = divide_scores(weights, 1.5)
    assert found["embedding/embeddings"] is weights["embedding/embeddings"]
    assert found["probabilities/kernel"].tolist() == [[2, 2], [2, 2]]
    assert found["probabilities/bias"].tolist() == [4, 4]
    assert {array.dtype for array in found.values()} == {np.dtype(np.float32)}
    assert weights["probabilities/bias"].tolist() == [6, 6]
