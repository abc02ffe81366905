from __future__ import annotations

import numpy as np
import pytest

from kosent.metrics.multilabel import multilabel_report
from kosent.metrics.scores import binary_losses, logits, sigmoid
from kosent.training.thresholds import compared, fit_scaling, fit_thresholds, scaled


def rows(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities as high as they are right, and labels drawn from them."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(-1, 2, (count, 3))
    return sigmoid(scores).astype(np.float32), rng.random((count, 3)) < sigmoid(scores)


def test_slopes_and_shifts_are_found_again() -> None:
    probabilities, truth = rows(20_000)
    slopes, shifts = np.array([2.0, 0.5, 1.0]), np.array([0.0, 1.0, -1.0])
    distorted = sigmoid(logits(probabilities) * slopes + shifts).astype(np.float32)
    back, moved = fit_scaling(distorted, truth)
    np.testing.assert_allclose(back, 1 / slopes, rtol=0.1)
    np.testing.assert_allclose(moved, -shifts / slopes, atol=0.15)


def test_a_few_rows_move_little_and_never_to_a_larger_loss() -> None:
    for seed in range(5):
        probabilities, truth = rows(8, seed)
        slopes, shifts = fit_scaling(probabilities, truth)
        assert (slopes > 0.2).all()
        assert (slopes < 5).all()
        assert np.abs(shifts).max() < 2
        after = logits(probabilities) * slopes + shifts
        assert (
            binary_losses(after, truth).mean() <= binary_losses(logits(probabilities), truth).mean()
        )


def test_weights_are_counts() -> None:
    probabilities, truth = rows(60)
    counts = np.random.default_rng(1).integers(1, 4, 60)
    repeated = [np.repeat(each, counts, axis=0) for each in (probabilities, truth)]
    weights = np.repeat(counts[:, None], 3, axis=1).astype(float)
    for one, other in zip(
        fit_scaling(probabilities, truth, weights), fit_scaling(*repeated), strict=True
    ):
        np.testing.assert_allclose(one, other, atol=1e-4)
    thresholds = fit_thresholds(probabilities, truth, counts)
    np.testing.assert_allclose(thresholds, fit_thresholds(*repeated))


def test_slopes_and_shifts_end_in_the_last_layer() -> None:
    rng = np.random.default_rng(2)
    kernel, bias = rng.normal(size=(4, 3)), rng.normal(size=3)
    weights = {"probabilities/kernel": kernel, "probabilities/bias": bias, "other": kernel}
    slopes, shifts = np.array([1.0, 2.0, 0.5]), np.array([0.1, 0.0, -3.0])
    after = scaled(weights, slopes, shifts)
    x = rng.normal(size=(5, 4))
    np.testing.assert_allclose(
        x @ after["probabilities/kernel"] + after["probabilities/bias"],
        (x @ kernel + bias) * slopes + shifts,
        rtol=1e-5,
    )
    assert after["other"] is kernel
    assert after["probabilities/kernel"].dtype == np.float32


def test_comparison() -> None:
    probabilities, truth = rows(500)
    found = compared(np.ones(3), np.zeros(3), truth, probabilities, probabilities).to_dict()
    assert found["loss_before"] == found["loss_after"] > 0
    assert (found["rows"], found["slopes"], found["shifts"]) == (500, [1.0] * 3, [0.0] * 3)


def test_thresholds_give_a_better_f1_than_a_half_on_other_texts() -> None:
    probabilities, truth = rows(3000)
    others, other_truth = rows(3000, seed=1)
    thresholds = fit_thresholds(probabilities, truth)
    assert ((thresholds > 0.2) & (thresholds < 0.5)).all()
    fitted, half = (
        multilabel_report(other_truth, others, each, [0, 1, 2])
        for each in (thresholds, np.full(3, 0.5))
    )
    assert fitted.micro_f1 > half.micro_f1
    assert fitted.macro_f1 > half.macro_f1


@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
def test_texts_that_are_all_equally_probable(value: float) -> None:
    probabilities = np.full((4, 2), value, np.float32)
    for truth in (np.zeros((4, 2), bool), np.ones((4, 2), bool)):
        thresholds = fit_thresholds(probabilities, truth)
        assert ((thresholds >= 0) & (thresholds <= 1)).all()
        given = probabilities >= thresholds
        assert given.all() or not given.any()


def test_a_label_that_no_text_has_is_given_to_none_of_them() -> None:
    probabilities, truth = rows(300)
    probabilities[:, 2], truth[:, 2] = probabilities[:, 2] * 0.01, False
    assert not (probabilities[:, 2] >= fit_thresholds(probabilities, truth)[2]).any()


def test_expected_probabilities_stand_in_for_those_that_are_not_calibrated() -> None:
    probabilities, truth = rows(2000)
    squeezed = probabilities**4
    expected = fit_thresholds(probabilities, truth) ** 4
    found = fit_thresholds(squeezed, truth, expected=probabilities)
    np.testing.assert_allclose(found, expected, atol=0.01)
