from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosent.text.encoding.encoder import EncodedTexts

if TYPE_CHECKING:
    from kosent.training.batches import GroupedBatches


def batches_of(lengths: list[int], **options: Any) -> GroupedBatches:
    """Return batches whose labels are the row numbers, so that rows can be told apart."""
    from kosent.training.batches import GroupedBatches

    texts = EncodedTexts.from_rows([[row % 7 + 2] * n for row, n in enumerate(lengths)])
    defaults: dict[str, Any] = {"batch_size": 4, "seed": 0}
    return GroupedBatches(texts, np.arange(len(lengths), dtype=np.int32), **defaults | options)


def order(batches: GroupedBatches) -> list[list[int]]:
    return [batches[i][1].tolist() for i in range(len(batches))]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=60),
    st.integers(1, 9),
    st.integers(0, 2**32 - 1) | st.none(),
    st.integers(0, 30),
)
def test_each_row_comes_exactly_once_an_epoch(
    lengths: list[int], batch_size: int, seed: int | None, epoch: int
) -> None:
    batches = batches_of(lengths, batch_size=batch_size, seed=seed, first_epoch=epoch)
    rows = order(batches)
    assert sorted(row for batch in rows for row in batch) == list(range(len(lengths)))
    assert len(rows) == -(-len(lengths) // batch_size)
    for ids, labels in (batches[i] for i in range(len(batches))):
        widest = max(lengths[row] for row in labels)
        assert ids.shape[1] in (widest, widest + 1)
        assert ids.dtype == np.int32
        for row, text in zip(labels, ids, strict=True):  # text and label stay together, whole
            assert text.tolist() == [row % 7 + 2] * lengths[row] + [0] * (len(text) - lengths[row])


def test_seed_and_epoch_decide_the_order_alone() -> None:
    lengths = [1 + row % 9 for row in range(50)]
    walked = batches_of(lengths)
    epochs = [order(walked)]
    for _ in range(3):
        walked.on_epoch_end()
        epochs.append(order(walked))
    assert [order(batches_of(lengths, first_epoch=e)) for e in range(4)] == epochs
    assert len({str(epoch) for epoch in epochs}) == 4
    assert order(batches_of(lengths, seed=1)) != epochs[0]


def test_short_and_long_texts_take_turns() -> None:
    """A network that sees all short texts first learns lengths; batches are of similar ones."""
    lengths = [1 + row % 40 for row in range(400)]
    for epoch in range(3):
        means = [
            np.mean([lengths[row] for row in rows])
            for rows in order(batches_of(lengths, first_epoch=epoch))
        ]
        steps = np.diff(means)
        assert min((steps > 0).sum(), (steps < 0).sum()) > len(steps) / 4


def test_without_a_seed_the_order_is_by_length_and_stays() -> None:
    lengths = [5, 1, 3, 1, 9, 2, 2, 7]
    batches = batches_of(lengths, seed=None)
    first = order(batches)
    assert [lengths[row] for batch in first for row in batch] == sorted(lengths)
    batches.on_epoch_end()
    assert order(batches) == first


def test_padding_is_a_small_share() -> None:
    rng = np.random.default_rng(0)
    lengths = np.clip(rng.lognormal(2.5, 0.7, 3000), 1, 63).astype(int)  # like reviews in pieces
    batches = batches_of(lengths.tolist(), batch_size=32)
    tokens = padded = 0
    for ids, _ in (batches[i] for i in range(len(batches))):
        tokens += int((ids != 0).sum())
        padded += ids.size
    assert tokens == lengths.sum()
    assert 1 - tokens / padded < 0.05  # shuffled batches of 32 would be half padding


def test_weights_travel_with_their_rows() -> None:
    weights = np.arange(10, dtype=np.float32) / 10
    batches = batches_of([1, 5, 2, 4, 3] * 2, weights=weights)
    for i in range(len(batches)):
        _, labels, given_weights = batches[i]
        assert given_weights.tolist() == weights[labels].tolist()
        assert given_weights.dtype == np.float32


@pytest.mark.parametrize(
    "lengths",
    [
        [3] * 8 + [7] * 8,  # the first two batches of length 3
        [7] * 8 + [3] * 8,
        [3] * 16,
        [3],
        [4] * 5,
    ],
)
def test_only_the_second_batch_is_ever_widened(lengths: list[int]) -> None:
    batches = batches_of(lengths, seed=None)
    for i in range(len(batches)):
        ids, labels = batches[i]
        extra = ids.shape[1] - max(lengths[row] for row in labels)
        assert extra == (1 if i == 1 and batches[0][0].shape[1] + 1 == ids.shape[1] else 0)


def test_fit_takes_later_lengths_although_the_first_two_are_equal(
    network: Callable[..., Any],
) -> None:
    import keras

    from kosent.training.batches import GroupedBatches

    texts = EncodedTexts.from_rows([[2] * n for n in [3] * 8 + [5] * 4 + [9] * 4])
    labels = np.zeros(16, np.int32)

    class Unwidened(GroupedBatches):
        def _width(self, index: int) -> int:
            return int(self.texts.lengths[self._plan[index]].max())

    def train(kind: type[GroupedBatches]) -> None:
        model = network()
        model.compile("sgd", "sparse_categorical_crossentropy")
        model.fit(kind(texts, labels, batch_size=4, seed=None), shuffle=False, verbose=0)

    train(GroupedBatches)
    if keras.backend.backend() == "tensorflow":
        with pytest.raises(Exception, match="shape"):  # what the extra column prevents
            train(Unwidened)


def trained_rows(network: Any, epochs: int, first_epoch: int) -> list[list[list[int]]]:
    """Train for real and return the rows of each batch of each epoch, in their order."""
    import keras

    seen: list[list[int]] = []

    def loss(rows: Any, probabilities: Any) -> Any:
        if not isinstance(rows, keras.KerasTensor):
            seen.append(np.asarray(rows).ravel().astype(int).tolist())
        return keras.ops.mean(probabilities, axis=-1)

    model = network()
    model.compile("sgd", loss, run_eagerly=True)
    batches = batches_of([1 + row % 5 for row in range(22)], seed=3, first_epoch=first_epoch)
    model.fit(batches, initial_epoch=first_epoch, epochs=epochs, shuffle=False, verbose=0)
    of_an_epoch = len(batches)
    del seen[: len(seen) % of_an_epoch]  # Keras tries the loss once before it begins
    return [seen[i : i + of_an_epoch] for i in range(0, len(seen), of_an_epoch)]


def test_fit_trains_on_each_row_once_an_epoch_and_goes_on_in_the_same_order(
    network: Callable[..., Any],
) -> None:
    epochs = trained_rows(network, epochs=3, first_epoch=0)
    assert len(epochs) == 3
    for epoch in epochs:
        assert sorted(row for batch in epoch for row in batch) == list(range(22))
    assert epochs[0] != epochs[1] != epochs[2]
    assert trained_rows(network, epochs=3, first_epoch=2) == epochs[2:]


def test_texts_are_drawn_anew_for_each_epoch() -> None:
    def draw(epoch: int) -> EncodedTexts:
        return EncodedTexts.from_rows([[100 * epoch + row] * (1 + row % 3) for row in range(10)])

    batches = batches_of([1] * 10, draw=draw, first_epoch=2)
    for epoch in (2, 3):
        rows = [batches[i] for i in range(len(batches))]
        first = {int(ids[0]) for matrix, _ in rows for ids in matrix}
        assert first == {100 * epoch + row for row in range(10)}
        for ids, labels in rows:
            assert (ids[:, 0] == 100 * epoch + labels).all()
        batches.on_epoch_end()
    again = batches_of([1] * 10, draw=draw, first_epoch=4)
    assert order(again) == order(batches)
    assert [again[i][0].tolist() for i in range(3)] == [batches[i][0].tolist() for i in range(3)]
