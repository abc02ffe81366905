from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from kosent.metrics.scores import binary_losses, logits, sigmoid
from kosent.text.encoding.encoded import EncodedTexts
from kosent.training.binary import best_biases, binary_figures, label_weights, pair_weights
from kosent.training.examples import Examples

TRUTH = np.array([[1, 0], [1, 1], [0, 0], [1, 0]], np.float32)


def test_sigmoid_and_logits() -> None:
    scores = np.array([-800.0, -3.0, 0.0, 2.5, 800.0])
    np.testing.assert_allclose(sigmoid(scores), expit(scores), atol=1e-12)
    shares = np.array([0.0, 0.2, 0.5, 1.0], np.float32)
    assert np.isfinite(logits(shares)).all()
    np.testing.assert_allclose(logits(shares)[1:3], logit(shares)[1:3], rtol=1e-6)


def test_losses_of_a_sure_score_are_finite() -> None:
    losses = binary_losses(np.array([[1000.0, -1000.0]]), np.array([[0.0, 0.0]]))
    np.testing.assert_allclose(losses, [[1000.0, 0.0]])


def test_weights_of_labels() -> None:
    assert label_weights(TRUTH, None) is None
    balanced = label_weights(TRUTH, "balanced")
    assert balanced is not None
    by_label = balanced.of(TRUTH)
    for label in range(2):
        has = TRUTH[:, label] > 0
        assert by_label[has, label].sum() == pytest.approx(2)
        assert by_label[~has, label].sum() == pytest.approx(2)
    given = label_weights(TRUTH, {0: 3.0, 1: 0.5})
    assert given is not None
    assert given.of(TRUTH).tolist() == [[3, 1], [3, 0.5], [1, 1], [3, 1]]


def test_a_pair_counts_by_its_text_and_its_label() -> None:
    texts, numbers = EncodedTexts.from_rows([[2]] * 4), np.zeros(4, np.int32)
    own = np.array([1, 2, 0, 1], np.float32)
    plain, counted = (
        Examples(texts, numbers, targets=TRUTH, weights=each, multilabel=True)
        for each in (None, own)
    )
    assert pair_weights(plain, None) is None
    assert np.asarray(pair_weights(counted, None)).tolist() == [[1, 1], [2, 2], [0, 0], [1, 1]]
    both = pair_weights(counted, {0: 3.0, 1: 0.5})
    assert np.asarray(both).tolist() == [[3, 1], [6, 1], [0, 0], [3, 1]]


def test_figures_are_of_all_pairs() -> None:
    figures = binary_figures(np.array([[1.0, -1], [1, -1], [-1, -1], [-1, -1]]), TRUTH)
    assert figures["accuracy"] == 6 / 8


def test_biases_go_where_the_weighted_loss_is_least() -> None:
    rng = np.random.default_rng(0)
    truth = (rng.random((4000, 2)) < [0.1, 0.6]).astype(np.float32)
    texts = EncodedTexts.from_rows([[2]] * 4000)
    examples = Examples(texts, np.zeros(4000, np.int32), targets=truth, multilabel=True)
    scores = np.zeros((4000, 2), np.float32)
    found = best_biases(scores, np.zeros(2, np.float32), examples, None)
    np.testing.assert_allclose(found, logit(truth.mean(axis=0)), atol=0.02)
    even = best_biases(scores, np.zeros(2, np.float32), examples, "balanced")
    np.testing.assert_allclose(even, 0, atol=0.02)
