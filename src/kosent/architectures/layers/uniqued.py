"""An LSTM that multiplies the vector of each distinct token of a batch by its kernel once.

Words repeat: 480 NSMC reviews of about 7 words hold 3,168 tokens and 1,270 different ones, and
six sevenths of an LSTM's multiplications (Embedding 300, 50 units) are those of vectors with the
kernel. They depend on the token alone as long as no dropout comes between, so they can be done
before the tokens are laid out in order. An epoch with ``sparse_adam`` takes 0.7 of its time
(``bench/nsmc_post.py``), and the embedding table's gradient arrives summed by row.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops


def pays() -> bool:
    """Tell whether this backend and machine gain: TensorFlow, and no GPU with its fused LSTM."""
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    return not tf.config.list_physical_devices("GPU")


@keras.saving.register_keras_serializable("kosent")
class Distinct(layers.Layer):
    """Splits ids ``(B, T)`` into the distinct ones ``(R,)`` and the place of each ``(B, T)``."""

    def call(self, ids: Any) -> tuple[Any, Any]:
        """Return distinct ids in order of appearance, and positions so that ids = distinct[at]."""
        import tensorflow as tf

        rows, places = tf.unique(ops.reshape(ids, (-1,)))
        return rows, ops.reshape(places, ops.shape(ids))

    def compute_output_shape(self, ids_shape: Any) -> tuple[Any, Any]:
        """Return the shapes ``(R,)`` and ``(B, T)``."""
        return (None,), ids_shape


@keras.saving.register_keras_serializable("kosent")
class DistinctLSTM(layers.RNN):
    """An LSTM over tokens given as distinct vectors and places; its weights are Keras' LSTM's.

    Args:
        units: State size.
        **options: Those of ``keras.layers.RNN``.
    """

    def __init__(self, units: int, **options: Any) -> None:
        super().__init__(_Step(units, name="lstm_cell"), **options)
        self.input_spec = None

    def build(self, rows_shape: Any, places_shape: Any) -> None:
        """Make the weights for vectors of ``rows_shape[-1]``."""
        del places_shape
        self.cell.build((None, rows_shape[-1]))
        self.built = True

    def compute_output_shape(self, rows_shape: Any, places_shape: Any) -> Any:
        """Return ``(B, T, units)`` with ``return_sequences``, else ``(B, units)``."""
        del rows_shape
        inner = tuple(places_shape) if self.return_sequences else tuple(places_shape)[:1]
        return (*inner, self.cell.units)

    def call(self, rows: Any, places: Any, mask: Any = None, training: bool = False) -> Any:
        """Run over the tokens.

        Args:
            rows: float32 ``(R, E)``.
            places: int32 ``(B, T)``, which row stands where.
            mask: bool ``(B, T)``.
            training: Unused: there is no dropout inside.

        Returns:
            float32 ``(B, T, units)`` with ``return_sequences``, else ``(B, units)``.
        """
        inputs = ops.matmul(rows, self.cell.kernel) + self.cell.bias  # (R, 4 units)
        inputs = ops.take(inputs, places, axis=0)  # (B, T, 4 units)
        state = self.get_initial_state(batch_size=ops.shape(places)[0])
        last, every, _ = self.inner_loop(inputs, state, mask, training=training)
        return every if self.return_sequences else last

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        config = super().get_config()
        del config["cell"]
        return {**config, "units": self.cell.units}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> DistinctLSTM:
        """Build an equal layer without weights."""
        return cls(**config)


class _Step(layers.LSTMCell):
    """One step of an LSTM whose input has been multiplied by the kernel already."""

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        """Return the output ``(B, units)`` and the states after it."""
        del training
        hidden, carry = states
        gates = inputs + ops.matmul(hidden, self.recurrent_kernel)
        enter, forget, candidate, leave = ops.split(gates, 4, axis=1)
        carry = ops.sigmoid(forget) * carry + ops.sigmoid(enter) * ops.tanh(candidate)
        hidden = ops.sigmoid(leave) * ops.tanh(carry)
        return hidden, [hidden, carry]
