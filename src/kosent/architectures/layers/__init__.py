"""The pieces that the networks are made of, all of them blind to padding.

The mask is computed once from the ids and handed on explicitly, because Keras
loses an implicit mask at the first layer that does not support it (``Conv1D``),
and the output then depends on the padded length. Padding is always at the end.

``B`` is the batch, ``T`` the padded length, ``E`` the embedding size, ``C`` channels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import layers, ops

from kosent.architectures.layers.uniqued import Distinct, DistinctLSTM

PADDING_ID = 0
_LOWEST = -1e9  # not -inf: the gradient of -inf * 0 is NaN


def token_ids() -> Any:
    """Return the network's input: int32 token ids ``(B, T)``, padded at the end with 0."""
    return keras.Input((None,), dtype="int32", name="ids")


def token_mask(ids: Any) -> Any:
    """Return where ``ids`` holds a token: bool ``(B, T)``."""
    return ops.not_equal(ids, PADDING_ID)


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


def embed(ids: Any, mask: Any, vocabulary_size: int, size: int, dropout: float, name: str) -> Any:
    """Look up embeddings, zero where there is padding.

    Args:
        ids: int32 ``(B, T)``.
        mask: bool ``(B, T)``.
        vocabulary_size: Number of rows of the table.
        size: Embedding size ``E``.
        dropout: Share of embedding channels dropped for a whole text at training
            (spatial dropout, Tompson et al. 2015).
        name: Layer name; the weights are saved under it.

    Returns:
        float32 ``(B, T, E)``.
    """
    x = Embedding(vocabulary_size, size, name=name)(ids)  # (B, T, E)
    x = layers.SpatialDropout1D(dropout, name=f"{name}_dropout")(x)
    return zero_padding(x, mask)


def lstm_of_ids(
    ids: Any, mask: Any, vocabulary_size: int, size: int, units: int, sequences: bool, name: str
) -> Any:
    """Do what ``embed`` without dropout and ``recurrent`` with an LSTM do, in less time.

    The layers and weights are named as those two name them.

    Returns:
        ``(B, T, units)`` with ``sequences``, else ``(B, units)``.
    """
    rows, places = Distinct(name="distinct")(ids)  # (R,), (B, T)
    rows = Embedding(vocabulary_size, size, name="embedding")(rows)  # (R, E)
    return DistinctLSTM(units, return_sequences=sequences, name=name)(rows, places, mask=mask)


def one_hot(ids: Any, mask: Any, vocabulary_size: int) -> Any:
    """Give each token an axis of its own, without a table: float32 ``(B, T, V)``, zero at padding.

    Args:
        ids: int32 ``(B, T)``.
        mask: bool ``(B, T)``.
        vocabulary_size: ``V``.
    """
    return zero_padding(ops.one_hot(ids, vocabulary_size, dtype="float32"), mask)


def zero_padding(x: Any, mask: Any) -> Any:
    """Set the padded positions of ``x`` ``(B, T, C)`` to zero."""
    return x * ops.cast(ops.expand_dims(mask, -1), x.dtype)


def recurrent(
    x: Any,
    mask: Any,
    cell: str,
    units: int,
    bidirectional: bool,
    sequences: bool,
    name: str,
    input_dropout: float = 0.0,
) -> Any:
    """Run a recurrent layer over the tokens and skip the padding.

    Args:
        x: float32 ``(B, T, C)``.
        mask: bool ``(B, T)``.
        cell: ``"lstm"``, ``"gru"`` or ``"simple_rnn"``.
        units: State size of one direction.
        bidirectional: Read from both ends and concatenate.
        sequences: Return every step instead of the last one.
        name: Layer name.
        input_dropout: Share of the channels of ``x`` that a gate does not see at training, the
            same at every step of a text (Keras' ``dropout`` of the layer).

    Returns:
        ``(B, T, U)`` with ``sequences``, else ``(B, U)``; ``U`` is ``units``, twice
        that when bidirectional.
    """
    kinds = {"lstm": layers.LSTM, "gru": layers.GRU, "simple_rnn": layers.SimpleRNN}
    layer = kinds[cell](
        units,
        return_sequences=sequences,
        dropout=input_dropout,
        name=cell if bidirectional else name,
    )
    if bidirectional:
        layer = layers.Bidirectional(layer, name=name)
    return layer(x, mask=mask)


def max_over_time(x: Any, mask: Any) -> Any:
    """Return the maximum over the tokens: ``(B, T, C)`` to ``(B, C)``, 0 where there are none."""
    mask = ops.expand_dims(mask, -1)  # (B, T, 1)
    highest = ops.max(ops.where(mask, x, _LOWEST), axis=1)  # (B, C)
    return ops.where(ops.any(mask, axis=1), highest, 0.0)


def mean_over_time(x: Any, mask: Any) -> Any:
    """Return the mean over the tokens: ``(B, T, C)`` to ``(B, C)``, 0 where there are none."""
    number = ops.sum(ops.cast(mask, x.dtype), axis=1, keepdims=True)  # (B, 1)
    return ops.sum(zero_padding(x, mask), axis=1) / ops.maximum(number, 1)


def pool_in_steps(x: Any, mask: Any, size: int) -> tuple[Any, Any]:
    """Take the maximum of every ``size`` tokens, counted from the first token.

    Keras' own ``padding="same"`` shifts the windows with the padded length; padding
    at the end by hand keeps them where they are.

    Args:
        x: Non-negative float32 ``(B, T, C)``, zero at padding.
        mask: bool ``(B, T)``.
        size: Tokens a window.

    Returns:
        ``(B, ceil(T / size), C)`` and its mask.
    """
    fill = [[0, 0], [0, size - 1], [0, 0]]
    pool = layers.MaxPooling1D(size, name="pooling")
    pooled = pool(ops.pad(x, fill))
    kept = ops.cast(ops.expand_dims(mask, -1), x.dtype)  # (B, T, 1)
    pool_mask = layers.MaxPooling1D(size, name="mask_pooling")
    return pooled, ops.squeeze(pool_mask(ops.pad(kept, fill)), -1) > 0.5


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


def convolve(x: Any, filters: int, width: int, name: str, *, forward: bool = False) -> Any:
    """Convolve with as many steps out as in, then cut negative values: ``(B, T, filters)``.

    Args:
        x: float32 ``(B, T, C)``, zero at padding.
        filters: Filters.
        width: Their width in tokens.
        name: Name of the layer.
        forward: A window begins at its token, instead of having it in the middle. With
            :func:`whole_windows` this is Keras' ``padding="valid"``, whatever the padded length.
    """
    padding = "valid" if forward else "same"
    conv = layers.Conv1D(filters, width, padding=padding, activation="relu", name=name)
    return conv(ops.pad(x, [[0, 0], [0, width - 1], [0, 0]]) if forward else x)


def flatten_from_end(x: Any, mask: Any, length: int) -> Any:
    """Lay the last ``length`` steps side by side, the last one first.

    Keras' ``Flatten`` after padding at the front gives each step a place counted from the end of
    the text too; only the order of the places differs, which the weights after it do not see.

    Args:
        x: float32 ``(B, T, C)``.
        mask: bool ``(B, T)``.
        length: Places; zero where the text has no such step.

    Returns:
        float32 ``(B, length * C)``.
    """
    here = ops.cast(mask, "int32")
    last = ops.sum(here, axis=1, keepdims=True) - ops.cumsum(here, axis=1)  # (B, T): n - 1 ... 0
    backwards = ops.take_along_axis(x, ops.expand_dims(last, -1), axis=1)  # (B, T, C)
    kept = zero_padding(backwards, mask)
    places = ops.pad(kept, [[0, 0], [0, length], [0, 0]])[:, :length]
    return ops.reshape(places, (-1, length * x.shape[-1]))


def hashed_windows(
    ids: Any, shortest: int, longest: int, buckets: int, times: int, modulus: int
) -> list[tuple[Any, Any]]:
    """Hash all windows of some sizes, as ``kosent.architectures.ngrams`` describes it.

    Args:
        ids: int32 ``(B, T)``, 0 where padded at the end.
        shortest: Tokens of the shortest windows.
        longest: Tokens of the longest.
        buckets: Number of values of the hash.
        times: Multiplier of the hash.
        modulus: Modulus of the hash, before it is taken modulo ``buckets``.

    Returns:
        For each size the int64 hashes of the windows that begin at each token ``(B, T)``, and
        where they lie in the text, bool ``(B, T)``.
    """
    ids = ops.cast(ids, "int64")
    value = ops.ones_like(ids)
    windows = []
    for size in range(1, longest + 1):
        following = ops.pad(ids, [[0, 0], [0, size - 1]])[:, size - 1 :]  # (B, T)
        value = ops.mod(value * times + following, modulus)
        if size >= shortest:
            windows.append((ops.mod(value, buckets), following > 0))
    return windows


def classify(x: Any, classes: int, dropout: float, sigmoid: bool = False) -> Any:
    """Turn features ``(B, C)`` into class probabilities ``(B, classes)``.

    Args:
        x: float32 ``(B, C)``.
        classes: Number of classes.
        dropout: Share of the features dropped at training.
        sigmoid: Fix the score of the first class at 0 and learn the others only: of two classes
            the second then has the sigmoid of one score.
    """
    x = layers.Dropout(dropout, name="features_dropout")(x)
    if sigmoid:
        scores = layers.Dense(classes - 1, dtype="float32", name="probabilities")(x)
        scores = ops.pad(scores, [[0, 0], [1, 0]])
        return layers.Activation("softmax", dtype="float32", name="softmax")(scores)
    return layers.Dense(classes, activation="softmax", dtype="float32", name="probabilities")(x)
