"""The pieces of the networks in Keras, all of them blind to padding.

The mask is computed once from the ids and handed on explicitly, because Keras
loses an implicit mask at the first layer that does not support it (``Conv1D``),
and the output then depends on the padded length. Padding is always at the end.

``B`` is the batch, ``T`` the padded length, ``E`` the embedding size, ``C`` channels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import keras
from keras import layers, ops

from kosent.architectures.layers import uniqued
from kosent.architectures.layers.hashing import hashed_windows
from kosent.architectures.layers.ngram_scores import NgramScores

PADDING_ID = 0
_LOWEST = -1e9  # not -inf: the gradient of -inf * 0 is NaN
_CELLS = {"lstm": layers.LSTM, "gru": layers.GRU, "simple_rnn": layers.SimpleRNN}


class Steps(NamedTuple):
    """A vector a token.

    Attributes:
        values: float32 ``(B, T, C)``.
        mask: Where its tokens are, bool ``(B, T)``.
    """

    values: Any
    mask: Any


@keras.saving.register_keras_serializable("kosent")
class Embedding(layers.Embedding):
    """Keras' embedding, but for how TensorFlow reads it: the rows asked for and no others.

    Keras reads the whole table and picks from that. A table that is written row by row, as
    ``sparse_adam`` does, is copied at each such read: 2.4 ms a step at 20,000 x 300.

    Attributes:
        before_read: Called with the ids that are about to be read in training, if set.
    """

    before_read: Callable[[Any], None] | None = None

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Look up ids of any shape: float32, one axis of size ``E`` more."""
        if keras.backend.backend() != "tensorflow":
            return super().call(inputs)
        if training and self.before_read:
            self.before_read(inputs)
        return self.embeddings.value.sparse_read(inputs)

    def compute_output_spec(self, inputs: Any, training: bool = False) -> Any:
        """Describe the output; Keras passes on what ``call`` takes."""
        del training
        return super().compute_output_spec(inputs)


class KerasBuilder:
    """Lays the pieces that ``kosent.architectures.builder.Builder`` describes as Keras' layers.

    Keras draws a layer's seeds when it is made, so the order of the pieces decides the weights.

    Args:
        vocabulary_size: Rows of an embedding table.
        classes: Number of classes.
        multilabel: Whether a text may have several of them.

    Attributes:
        ids: The network's input: int32 token ids ``(B, T)``, padded at the end with 0.
    """

    def __init__(self, vocabulary_size: int, classes: int, multilabel: bool = False) -> None:
        self.vocabulary_size = vocabulary_size
        self.classes = classes
        self.multilabel = multilabel
        self.ids = keras.Input((None,), dtype="int32", name="ids")

    @cached_property
    def mask(self) -> Any:
        """Where there is a token: bool ``(B, T)``."""
        return token_mask(self.ids)

    def model(self, probabilities: Any, name: str) -> keras.Model:
        """Return the finished network, uncompiled."""
        return keras.Model(self.ids, probabilities, name=name)

    def embed(self, size: int, dropout: float, name: str) -> Steps:
        """Look up embeddings, zero where there is padding."""
        mask = self.mask
        x = Embedding(self.vocabulary_size, size, name=name)(self.ids)  # (B, T, E)
        x = layers.SpatialDropout1D(dropout, name=f"{name}_dropout")(x)
        return Steps(zero_padding(x, mask), mask)

    def mean_and_max_of_vectors(self, size: int, frozen: bool, name: str) -> Any:
        """Look up vectors, of which those of zeros are none, and pool them."""
        layer = Embedding(self.vocabulary_size, size, trainable=not frozen, name=name)
        x = layer(self.ids)  # (B, T, E)
        steps = Steps(x, ops.logical_and(self.mask, ops.any(ops.not_equal(x, 0), axis=-1)))
        return self.concatenate([self.mean_over_time(steps), self.max_over_time(steps)])

    def one_hot(self) -> Steps:
        """Give each token an axis of its own, zero at padding."""
        mask = self.mask
        axes = ops.one_hot(self.ids, self.vocabulary_size, dtype="float32")
        return Steps(zero_padding(axes, mask), mask)

    def dropout(self, x: Steps, share: float, name: str) -> Steps:
        """Drop single values at training."""
        return x._replace(values=layers.Dropout(share, name=name)(x.values))

    def recurrent(
        self,
        x: Steps,
        cell: str,
        units: int,
        name: str,
        *,
        bidirectional: bool = True,
        sequences: bool = True,
        input_dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
    ) -> Any:
        """Run a recurrent layer over the tokens and skip the padding."""
        layer = _CELLS[cell](
            units,
            return_sequences=sequences,
            dropout=input_dropout,
            recurrent_dropout=recurrent_dropout,
            name=cell if bidirectional else name,
        )
        if bidirectional:
            layer = layers.Bidirectional(layer, name=name)
        states = layer(x.values, mask=x.mask)
        return Steps(states, x.mask) if sequences else states

    def lstm_of_tokens(self, size: int, units: int, name: str, *, sequences: bool) -> Any:
        """Run an LSTM over embeddings, where that pays with each distinct token done once."""
        if not uniqued.pays():
            x = self.embed(size, 0.0, "embedding")
            return self.recurrent(x, "lstm", units, name, bidirectional=False, sequences=sequences)
        mask = self.mask
        rows, places = uniqued.Distinct(name="distinct")(self.ids)  # (R,), (B, T)
        rows = Embedding(self.vocabulary_size, size, name="embedding")(rows)  # (R, E)
        layer = uniqued.DistinctLSTM(units, return_sequences=sequences, name=name)
        states = layer(rows, places, mask=mask)
        return Steps(states, mask) if sequences else states

    def convolve(
        self, x: Steps, filters: int, width: int, name: str, *, forward: bool = False
    ) -> Steps:
        """Convolve with as many steps out as in, then cut negative values."""
        padding = "valid" if forward else "same"
        conv = layers.Conv1D(filters, width, padding=padding, activation="relu", name=name)
        if not forward:
            return Steps(conv(x.values), x.mask)
        found = conv(ops.pad(x.values, [[0, 0], [0, width - 1], [0, 0]]))
        return Steps(found, whole_windows(x.mask, width))

    def convolve_in_steps(
        self, x: Steps, filters: int, width: int, size: int, name: str, *, forward: bool = False
    ) -> Steps:
        """Convolve, cut negative values, and take the maximum of every ``size`` steps."""
        return self.pool_in_steps(self.convolve(x, filters, width, name, forward=forward), size)

    def pool_in_steps(self, x: Steps, size: int) -> Steps:
        """Take the maximum of every ``size`` steps, counted from the first.

        Keras' own ``padding="same"`` shifts the windows with the padded length; padding
        at the end by hand keeps them where they are.
        """
        fill = [[0, 0], [0, size - 1], [0, 0]]
        pool = layers.MaxPooling1D(size, name="pooling")
        pooled = pool(ops.pad(zero_padding(*x), fill))
        kept = ops.cast(ops.expand_dims(x.mask, -1), pooled.dtype)  # (B, T, 1)
        pool_mask = layers.MaxPooling1D(size, name="mask_pooling")
        return Steps(pooled, ops.squeeze(pool_mask(ops.pad(kept, fill)), -1) > 0.5)

    def scale(self, x: Steps, factor: float) -> Steps:
        """Multiply by a number."""
        return x._replace(values=x.values * factor)

    def side_by_side(self, parts: Sequence[Steps]) -> Steps:
        """Put the channels of the same tokens side by side."""
        return Steps(self.concatenate([part.values for part in parts]), parts[0].mask)

    def max_over_time(self, x: Steps) -> Any:
        """Return the maximum over the tokens, 0 where there are none."""
        mask = ops.expand_dims(x.mask, -1)  # (B, T, 1)
        highest = ops.max(ops.where(mask, x.values, _LOWEST), axis=1)  # (B, C)
        return ops.where(ops.any(mask, axis=1), highest, 0.0)

    def mean_over_time(self, x: Steps) -> Any:
        """Return the mean over the tokens, 0 where there are none."""
        number = ops.sum(ops.cast(x.mask, x.values.dtype), axis=1, keepdims=True)  # (B, 1)
        return ops.sum(zero_padding(*x), axis=1) / ops.maximum(number, 1)

    def flatten_from_end(self, x: Steps, length: int) -> Any:
        """Lay the last ``length`` steps side by side, the last one first."""
        here = ops.cast(x.mask, "int32")
        last = ops.sum(here, axis=1, keepdims=True) - ops.cumsum(here, axis=1)  # (B, T): n-1 ... 0
        backwards = ops.take_along_axis(x.values, ops.expand_dims(last, -1), axis=1)  # (B, T, C)
        kept = zero_padding(backwards, x.mask)
        places = ops.pad(kept, [[0, 0], [0, length], [0, 0]])[:, :length]
        return ops.reshape(places, (-1, length * x.values.shape[-1]))

    def ngram_sum(self, shortest: int, longest: int, buckets: int, size: int, name: str) -> Any:
        """Sum the rows of a text's n-grams, by the root of their number."""
        windows = hashed_windows(self.ids, shortest, longest, buckets)
        places, present = (ops.concatenate(part, axis=1) for part in zip(*windows, strict=True))
        rows = Embedding(buckets, size, name=name)(places)  # (B, N, size)
        summed = ops.sum(zero_padding(rows, present), axis=1)  # (B, size)
        number = ops.sum(ops.cast(present, "float32"), axis=1, keepdims=True)  # (B, 1)
        return summed / ops.sqrt(ops.maximum(number, 1.0))

    def ngram_scores(
        self, shortest: int, longest: int, buckets: int, size: int, folds: int, name: str
    ) -> tuple[Steps, Any]:
        """Give each token the scores of the n-grams that begin there, and the text their sum."""
        mask = self.mask
        windows = hashed_windows(self.ids, shortest, longest, buckets)
        places = ops.stack([place for place, _ in windows], axis=-1)  # (B, T, W)
        present = ops.cast(ops.stack([found for _, found in windows], axis=-1), "float32")
        rows = NgramScores(buckets, size, folds, name=name)(places, self.ids)  # (B, T, W, size)
        rows = rows * ops.expand_dims(present, -1)
        number = ops.sum(present, axis=(1, 2))  # (B,)
        summed = ops.sum(rows, axis=(1, 2))  # (B, size)
        total = summed / ops.expand_dims(ops.sqrt(ops.maximum(number, 1.0)), -1)
        scores = ops.concatenate([rows[..., column] for column in range(size)], axis=-1)
        return Steps(scores, mask), total

    def dense(self, x: Any, units: int, dropout: float, name: str) -> Any:
        """Apply a layer with relu, then drop single values at training."""
        x = layers.Dense(units, activation="relu", name=name)(x)
        return layers.Dropout(dropout, name=f"{name}_dropout")(x)

    def concatenate(self, parts: Sequence[Any]) -> Any:
        """Put features side by side."""
        return ops.concatenate(parts, axis=-1)

    def classify(self, x: Any, dropout: float, sigmoid: bool = False) -> Any:
        """Turn features into class probabilities ``(B, classes)``."""
        x = layers.Dropout(dropout, name="features_dropout")(x)
        if sigmoid and not self.multilabel:
            dense = layers.Dense(self.classes - 1, dtype="float32", name="probabilities")
            scores = ops.pad(dense(x), [[0, 0], [1, 0]])
            return layers.Activation("softmax", dtype="float32", name="softmax")(scores)
        activation = "sigmoid" if self.multilabel else "softmax"
        settings = {"activation": activation, "dtype": "float32", "name": "probabilities"}
        return layers.Dense(self.classes, **settings)(x)


def token_mask(ids: Any) -> Any:
    """Return where ``ids`` holds a token: bool ``(B, T)``."""
    return ops.not_equal(ids, PADDING_ID)


def zero_padding(x: Any, mask: Any) -> Any:
    """Set the padded positions of ``x`` ``(B, T, C)`` to zero."""
    return x * ops.cast(ops.expand_dims(mask, -1), x.dtype)


def whole_windows(mask: Any, width: int) -> Any:
    """Return where a window of ``width`` tokens lies wholly in the text; a shorter text has one.

    Args:
        mask: bool ``(B, T)``.
        width: Tokens a window.

    Returns:
        bool ``(B, T)``, true where such a window begins.
    """
    here = ops.cast(mask, "int32")
    number = ops.cumsum(here, axis=1)  # (B, T), from 1
    length = ops.sum(here, axis=1, keepdims=True)  # (B, 1)
    whole = ops.logical_or(number + (width - 1) <= length, ops.equal(number, 1))
    return ops.logical_and(mask, whole)
