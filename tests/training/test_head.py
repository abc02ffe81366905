"""A last layer that is solved: its optimum, its strength, few rows, weights and targets."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from kosent.metrics.scores import softmax
from kosent.training.head import STRENGTHS, solve_head


def rows(number: int, classes: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return features of very different size, some of which tell the class."""
    rng = np.random.default_rng(seed)
    numbers = (np.arange(number) % classes).astype(np.int32)
    features = rng.normal(size=(number, 6)) + 1.5 * np.eye(6)[numbers]
    return (features * [1, 100, 0.01, 1, 1, 0] + [0, 5, 0, 0, 0, 3]).astype(np.float32), numbers


def probabilities(head: object, features: np.ndarray) -> np.ndarray:
    return softmax((features @ head.kernel + head.bias).astype(np.float64))  # type: ignore[attr-defined]


@pytest.mark.parametrize("classes", [2, 3])
def test_it_is_the_optimum_on_standardised_features(classes: int) -> None:
    features, numbers = rows(300, classes)
    head = solve_head(features, numbers, classes, strengths=[0.1])
    assert (head.kernel.shape, head.bias.shape) == ((6, classes), (classes,))
    assert head.kernel.dtype == head.bias.dtype == np.float32
    deviation = features.std(axis=0)
    scaled = (features - features.mean(axis=0)) / np.where(deviation > 1e-6, deviation, 1)
    expected = LogisticRegression(C=0.1, tol=1e-8, max_iter=1000).fit(scaled, numbers)
    np.testing.assert_allclose(
        probabilities(head, features), expected.predict_proba(scaled), atol=2e-3
    )


def test_the_strength_goes_by_rows_left_out() -> None:
    rng = np.random.default_rng(0)
    numbers = rng.integers(0, 2, 60).astype(np.int32)
    noise = rng.normal(size=(60, 40)).astype(np.float32)
    weak = solve_head(noise, numbers, 2).strength
    telling = np.stack([numbers, 1 - numbers], axis=1) + noise[:, :2] * 0.01
    strong = solve_head(telling.astype(np.float32), numbers, 2).strength
    assert weak < strong == max(STRENGTHS)


@pytest.mark.parametrize("number", [2, 3, 4, 5, 7])
def test_a_few_rows_are_enough(number: int) -> None:
    features, numbers = rows(number, 2)
    head = solve_head(features, numbers, 2)
    assert head.strength in STRENGTHS
    assert np.isfinite(head.kernel).all()


def test_a_class_without_rows_gets_almost_nothing() -> None:
    features, numbers = rows(60, 2)
    found = probabilities(solve_head(features, numbers * 2, 4), features)
    assert found[:, [1, 3]].max() < 1e-3
    assert (found.argmax(axis=1) == numbers * 2).mean() > 0.8


def test_one_class_alone() -> None:
    features, _ = rows(8)
    head = solve_head(features, np.zeros(8, np.int32), 2)
    assert (probabilities(head, features)[:, 0] > 0.99).all()


def test_rows_of_no_weight_teach_nothing() -> None:
    features, numbers = rows(200)
    weights = (np.arange(200) < 120).astype(np.float32)
    some = solve_head(features, numbers, 3, weights, strengths=[0.1])
    wrong = np.where(weights > 0, numbers, 0).astype(np.int32)
    again = solve_head(features, wrong, 3, weights, strengths=[0.1])
    np.testing.assert_allclose(some.kernel, again.kernel, rtol=1e-3, atol=1e-5)


def test_a_row_of_weight_two_is_two_rows() -> None:
    features, numbers = rows(90)
    weights = 1 + (np.arange(90) % 3 == 0).astype(np.float32)
    twice = np.repeat(np.arange(90), weights.astype(int))
    weighted = solve_head(features, numbers, 3, weights, strengths=[1.0])
    repeated = solve_head(features[twice], numbers[twice], 3, strengths=[1.0])
    # The features of the second are standardised by other means and deviations.
    np.testing.assert_allclose(
        probabilities(weighted, features), probabilities(repeated, features), atol=0.02
    )


def test_targets_are_learned_in_the_place_of_numbers() -> None:
    features, numbers = rows(300)
    sure = np.eye(3, dtype=np.float32)[numbers]
    by_number, by_target = (
        solve_head(features, numbers, 3, targets=targets, strengths=[0.1])
        for targets in (None, sure)
    )
    np.testing.assert_allclose(by_number.kernel, by_target.kernel, rtol=1e-3, atol=1e-4)
    unsure = np.full((300, 3), 1 / 3, np.float32)
    found = probabilities(solve_head(features, numbers, 3, targets=unsure), features)
    np.testing.assert_allclose(found, 1 / 3, atol=0.02)
