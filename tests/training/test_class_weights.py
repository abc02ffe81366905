"""How much each training text counts."""

import numpy as np
import pytest

from kosent.text.encoding.encoded import EncodedTexts
from kosent.training.class_weights import row_weights, weights_of
from kosent.training.examples import Examples


def test_balanced_weights_give_each_class_the_same_share() -> None:
    labels = np.array([0, 0, 0, 1, 2, 2], np.int32)
    weights = row_weights(labels, "balanced")
    assert weights is not None
    assert weights.dtype == np.float32
    shares = [weights[labels == number].sum() for number in range(3)]
    assert shares == pytest.approx([2, 2, 2])


def test_weights_of_single_classes() -> None:
    weights = row_weights(np.array([0, 1, 1], np.int32), {0: 2.0, 1: 0.5})
    assert weights is not None
    assert weights.tolist() == [2, 0.5, 0.5]


def test_no_weights() -> None:
    assert row_weights(np.array([0, 1], np.int32), None) is None


OWN = np.array([1, 0, 3], np.float32)


@pytest.mark.parametrize(
    ("own", "by_class", "expected"),
    [
        (None, None, None),
        (None, {0: 2.0, 1: 0.5}, [2, 0.5, 0.5]),
        (OWN, None, [1, 0, 3]),
        (OWN, {0: 2.0, 1: 0.5}, [2, 0, 1.5]),
        (OWN, "balanced", [1.5, 0, 2.25]),
    ],
)
def test_own_weights_multiply_those_of_the_class(
    own: np.ndarray | None, by_class: object, expected: list[float] | None
) -> None:
    texts = EncodedTexts.from_rows([[2], [3], [4]])
    examples = Examples(texts, np.array([0, 1, 1], np.int32), weights=own)
    weights = weights_of(examples, by_class)  # type: ignore[arg-type]
    assert (None if weights is None else weights.tolist()) == expected
