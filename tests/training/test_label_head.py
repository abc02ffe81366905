"""Last layers of several labels a text: the optimum, the penalty, labels that nobody has."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from kosent.training.label_head import solve_label_head

ROWS, SIZE, LABELS = 300, 6, 3
RANDOM = np.random.default_rng(0)
FEATURES = (RANDOM.normal(size=(ROWS, SIZE)) * [1, 10, 0.1, 5, 1, 1] + 3).astype(np.float32)
SCORES = (FEATURES - FEATURES.mean(axis=0)) / FEATURES.std(axis=0) @ RANDOM.normal(size=(6, 3))
MARKS = SCORES + RANDOM.logistic(size=(ROWS, LABELS)) > [0.0, 1.0, 3.0]


@pytest.mark.parametrize("shape", [None, (ROWS,), (ROWS, LABELS)])
def test_it_is_the_optimum_of_scikit_learn(shape: tuple[int, ...] | None) -> None:
    weights = None if shape is None else RANDOM.uniform(0, 2, shape).astype(np.float32)
    each = np.broadcast_to(np.ones(1) if weights is None else weights.T, (LABELS, ROWS))
    head = solve_label_head(FEATURES, MARKS, weights, strengths=[0.5])
    found = FEATURES @ head.kernel + head.bias
    scaled = (FEATURES - FEATURES.mean(axis=0)) / FEATURES.std(axis=0)
    for label in range(LABELS):
        model = LogisticRegression(C=0.5, tol=1e-8, max_iter=1000)
        model.fit(scaled, MARKS[:, label], sample_weight=each[label])
        np.testing.assert_allclose(
            found[:, label], model.decision_function(scaled), rtol=0.02, atol=0.02
        )


def test_the_penalty_is_chosen_by_rows_left_out() -> None:
    noise = RANDOM.normal(size=(60, 200)).astype(np.float32)
    labels = RANDOM.random((60, 2)) < 0.5
    assert solve_label_head(noise, labels).strength == 0.001
    assert solve_label_head(FEATURES, MARKS).strength == 0.1


def test_labels_of_none_and_of_all_are_as_good_as_sure() -> None:
    marks = np.column_stack([np.zeros(ROWS, bool), np.ones(ROWS, bool), MARKS[:, 0]])
    head = solve_label_head(FEATURES, marks)
    scores = FEATURES @ head.kernel + head.bias
    assert scores[:, 0].max() < -4
    assert scores[:, 1].min() > 4
    assert np.isfinite(scores).all()


def test_a_feature_that_is_always_the_same_says_nothing() -> None:
    features = np.column_stack([FEATURES, np.full(ROWS, 7, np.float32)])
    head = solve_label_head(features, MARKS, strengths=[0.1])
    assert np.abs(head.kernel[-1]).max() < 1e-6


def test_the_same_twice() -> None:
    one, other = (solve_label_head(FEATURES, MARKS, seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.kernel, other.kernel)
