from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosent.metrics.scores import log_loss, scores_of
from kosent.models.ensemble_weights import fit_weighting
from kosent.prediction.pool import combine


def softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)


def drawn(rows: int, classes: int, seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Return a member that knows half of the truth, one the other half, one nothing; classes."""
    rng = np.random.default_rng(seed)
    halves = rng.normal(0, 2, (2, rows, classes))
    noise = rng.gumbel(size=(rows, classes))  # the largest sum is a draw from softmax
    numbers = (halves.sum(axis=0) + noise).argmax(axis=1)
    return [softmax(each) for each in (*halves, rng.normal(0, 2, (rows, classes)))], numbers


@pytest.mark.parametrize("classes", [2, 4])
def test_the_weights_are_found(classes: int) -> None:
    members, numbers = drawn(20_000, classes, seed=1)
    found = fit_weighting(members, numbers)
    assert found.weights == pytest.approx([1, 1, 0], abs=0.06)
    assert found.bias == pytest.approx([0] * classes, abs=0.08)
    assert found.rows == 20_000
    assert found.ece_after < 0.02 < found.ece_before


def test_a_class_that_all_members_underrate_gets_a_bias() -> None:
    members, numbers = drawn(20_000, 2, seed=2)
    tilted = [softmax(np.log(each) + np.array([0, 0.5])) for each in members[:2]]
    bias = fit_weighting(tilted, numbers).bias
    assert bias[0] - bias[1] == pytest.approx(1.0, abs=0.15)


def test_a_member_that_is_always_wrong_gets_no_weight() -> None:
    members, numbers = drawn(2_000, 2, seed=3)
    wrong = members[1][:, ::-1].copy()
    assert fit_weighting([members[0], wrong], numbers).weights[1] == 0.0


@settings(max_examples=60)
@given(
    st.integers(0, 2**16),
    st.integers(1, 40),
    st.integers(2, 5),
    st.integers(2, 5),
    st.sampled_from([0.1, 1.0, 60.0]),
)
def test_the_loss_never_grows(
    seed: int, rows: int, classes: int, count: int, spread: float
) -> None:
    rng = np.random.default_rng(seed)
    members = [softmax(rng.normal(0, spread, (rows, classes))) for _ in range(count)]
    numbers = rng.integers(0, classes, rows)
    found = fit_weighting(members, numbers)
    assert found.loss_after <= found.loss_before + 1e-6
    assert min(found.weights) >= 0
    assert np.isfinite([*found.weights, *found.bias]).all()
    together = combine(members, found.weights, found.bias)
    assert together.dtype == np.float32
    assert log_loss(scores_of(together), numbers) == pytest.approx(found.loss_after)
    np.testing.assert_allclose(together.sum(axis=1), 1, atol=1e-6)


def test_a_probability_of_0_is_no_nan() -> None:
    sure = np.array([[1, 0], [0, 1]], np.float32)
    found = combine([sure, sure], [1.0, 0.0], [0.0, 0.0])
    np.testing.assert_allclose(found, sure, atol=1e-6)


def test_few_rows_leave_the_plain_mean_nearly_as_it_is() -> None:
    members, numbers = drawn(20_000, 2, seed=4)
    few = fit_weighting([each[:2] for each in members], numbers[:2])
    assert few.weights == pytest.approx([1 / 3] * 3, abs=0.3)
