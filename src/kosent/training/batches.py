"""Batches grouped by length and trimmed to their longest text.

NSMC in 16k pieces has 15 tokens a review on average and 99 % under 63: padding all
to one length spends most of an epoch on padding. ``bench/nsmc_post.py`` measures what grouping
and the optimiser gain together.
"""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import numpy.typing as npt

from kosent.text.encoding.encoder import EncodedTexts

# Batches that are sorted by length together. Larger pools pad less, smaller ones mix better;
# at 64 the padding left is under 3 % of the tokens of NSMC.
POOL_BATCHES = 64

Rows = npt.NDArray[np.int64]


class GroupedBatches(keras.utils.PyDataset):
    """Feeds encoded texts and labels to ``fit``, in an order that (seed, epoch) decides alone.

    Args:
        texts: Encoded texts, ``n`` rows.
        labels: int32 class numbers ``(n,)``, or float32 probabilities ``(n, classes)`` to learn.
        batch_size: Rows a batch.
        seed: Seed of the order; ``None`` keeps one order, sorted by length.
        first_epoch: Epochs already done, for a run that goes on.
        weights: float32 weight of each row ``(n,)``, or ``None``.
        draw: Gives the same rows as an epoch, by its number, sees them; ``None`` where all see
            the same.
    """

    def __init__(
        self,
        texts: EncodedTexts,
        labels: npt.NDArray[np.int32] | npt.NDArray[np.float32],
        *,
        batch_size: int,
        seed: int | None,
        first_epoch: int = 0,
        weights: npt.NDArray[np.float32] | None = None,
        draw: Callable[[int], EncodedTexts] | None = None,
    ) -> None:
        super().__init__(workers=1, use_multiprocessing=False)
        self.draw = draw
        self.texts = draw(first_epoch) if draw else texts
        self.labels = labels
        self.batch_size = batch_size
        self.seed = seed
        self.epoch = first_epoch
        self.weights = weights
        self._plan = self._batches_of_epoch()

    def __len__(self) -> int:
        """Return the number of batches an epoch."""
        return len(self._plan)

    def __getitem__(self, index: int) -> tuple[npt.NDArray[np.generic], ...]:
        """Return batch ``index``: ids ``(B, T)``, labels ``(B, ...)``, weights ``(B,)`` if any."""
        rows = self._plan[index]
        batch: tuple[npt.NDArray[np.generic], ...] = (
            self.texts.pad(rows, self._width(index)),
            self.labels[rows],
        )
        return batch if self.weights is None else (*batch, self.weights[rows])

    def on_epoch_end(self) -> None:
        """Lay out the next epoch."""
        self.epoch += 1
        if self.draw is not None:
            self.texts = self.draw(self.epoch)
        if self.seed is not None:
            self._plan = self._batches_of_epoch()

    def _width(self, index: int) -> int:
        """Return the padded length of a batch: its longest text, except for the second batch.

        Keras reads the shape of all batches off the first two, and takes a length that they
        share for fixed; one column of padding more tells it that lengths vary.
        """
        longest = [int(self.texts.lengths[rows].max()) for rows in self._plan[: index + 1][-2:]]
        return longest[-1] + (index == 1 and longest[0] == longest[1])

    def _batches_of_epoch(self) -> list[Rows]:
        lengths = self.texts.lengths
        if self.seed is None:
            return _cut(np.argsort(lengths, kind="stable"), self.batch_size)
        rng = np.random.default_rng((self.seed, self.epoch))
        order = rng.permutation(len(lengths))
        batches: list[Rows] = []
        for pool in _cut(order, self.batch_size * POOL_BATCHES):
            batches += _cut(pool[np.argsort(lengths[pool], kind="stable")], self.batch_size)
        return [batches[i] for i in rng.permutation(len(batches))]


def _cut(rows: Rows, size: int) -> list[Rows]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]
