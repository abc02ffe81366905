"""What networks are written against: the pieces they are made of, whoever lays them.

A network is written once, as a function of a builder. ``KerasBuilder`` makes a model of it, to be
trained; ``OnnxBuilder`` writes it from its trained weights, so that prediction needs no Keras.
``tests/contracts/test_architectures.py`` holds both to the same answers. All pieces are blind to
padding, which is always at the end: steps know where their tokens are.

``B`` is the batch, ``T`` the padded length, ``E`` the embedding size, ``C`` channels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

Steps = Any  # float32 (B, T, C), and where its tokens are
Features = Any  # float32 (B, C)


class Builder(Protocol):
    """Lays the pieces of a network, one after another.

    Layers bear the names that are given, under which their weights are saved. Whatever only
    training does, such as dropout, a trained network does without.

    Attributes:
        classes: Number of classes.
        multilabel: Whether each class is a yes or no of its own, so that a text may have several.
    """

    classes: int
    multilabel: bool

    def embed(self, size: int, dropout: float, name: str) -> Steps:
        """Look up the embeddings of the tokens, zero where there is padding: ``(B, T, E)``.

        Args:
            size: Embedding size ``E``.
            dropout: Share of embedding channels dropped for a whole text at training
                (spatial dropout, Tompson et al. 2015).
            name: Name of the layer.
        """

    def mean_and_max_of_vectors(self, size: int, frozen: bool, name: str) -> Features:
        """Return mean and maximum of the tokens' vectors ``(B, 2 * E)``, 0 where there is none.

        A vector of zeros is none: its token is left out. Reduced, a vector takes four bits a number
        (``onnx.packing``).

        Args:
            size: Size ``E`` of a vector.
            frozen: Training leaves the vectors as they are.
            name: Name of the layer that looks them up.
        """

    def one_hot(self) -> Steps:
        """Give each token an axis of its own, zero at padding: ``(B, T, vocabulary size)``."""

    def dropout(self, x: Steps, share: float, name: str) -> Steps:
        """Drop a share of single values at training."""

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
        """Run a recurrent layer over the tokens and skip the padding.

        Args:
            x: ``(B, T, C)``.
            cell: ``"lstm"``, ``"gru"`` or ``"simple_rnn"``.
            units: State size of one direction.
            name: Name of the layer.
            bidirectional: Read from both ends and concatenate.
            sequences: Return every step instead of the last one.
            input_dropout: Share of the channels of ``x`` that a gate does not see at training, the
                same at every step of a text (Keras' ``dropout`` of the layer).
            recurrent_dropout: Share of the state before that a gate does not see at training, the
                same at every step of a text (Keras' option of that name; Gal and Ghahramani 2016).

        Returns:
            Steps ``(B, T, U)`` with ``sequences``, else features ``(B, U)``; ``U`` is ``units``,
            twice that when bidirectional.
        """

    def lstm_of_tokens(self, size: int, units: int, name: str, *, sequences: bool) -> Any:
        """Do what ``embed`` without dropout and ``recurrent`` with an LSTM of one direction do.

        Keras may take less time for it than for the two (``layers.uniqued``). Arguments and result
        are theirs; the table is named ``embedding``.
        """

    def convolve(
        self, x: Steps, filters: int, width: int, name: str, *, forward: bool = False
    ) -> Steps:
        """Convolve with as many steps out as in, then cut negative values: ``(B, T, filters)``.

        Padding is not zero afterwards, since there is a bias.

        Args:
            x: ``(B, T, C)``, zero at padding.
            filters: Filters.
            width: Their width in tokens.
            name: Name of the layer.
            forward: A window begins at its token, instead of having it in the middle, and only
                those that lie wholly in the text count as steps; a shorter text has one. This is
                Keras' ``padding="valid"``, whatever the padded length.
        """

    def convolve_in_steps(
        self, x: Steps, filters: int, width: int, size: int, name: str, *, forward: bool = False
    ) -> Steps:
        """Convolve, cut negative values, and take the maximum of every ``size`` steps.

        Args:
            x: ``(B, T, C)``, zero at padding.
            filters: Filters.
            width: Their width in tokens.
            size: Steps that become one, counted from the first.
            name: Name of the convolution.
            forward: As for ``convolve``.

        Returns:
            ``(B, ceil(T / size), filters)``, 0 at padding.
        """

    def scale(self, x: Steps, factor: float) -> Steps:
        """Multiply by a number."""

    def side_by_side(self, parts: Sequence[Steps]) -> Steps:
        """Put the channels of the same tokens side by side: ``(B, T, sum of C)``."""

    def max_over_time(self, x: Steps) -> Features:
        """Return the maximum over the tokens: ``(B, C)``, 0 where there are none."""

    def mean_over_time(self, x: Steps) -> Features:
        """Return the mean over the tokens: ``(B, C)``, 0 where there are none."""

    def flatten_from_end(self, x: Steps, length: int) -> Features:
        """Lay the last ``length`` steps side by side, the last one first: ``(B, length * C)``.

        Keras' ``Flatten`` after padding at the front gives each step a place counted from the end
        of the text too; only the order of the places differs, which the weights after it do not
        see. Places of steps that the text does not have are zero.
        """

    def ngram_sum(
        self, shortest: int, longest: int, buckets: int, size: int, name: str
    ) -> Features:
        """Sum the rows of a text's n-grams, by the root of their number: ``(B, size)``.

        Args:
            shortest: Tokens of the shortest n-grams.
            longest: Tokens of the longest.
            buckets: Rows of the table.
            size: Size of a row.
            name: Name of the layer that looks them up.
        """

    def ngram_scores(
        self, shortest: int, longest: int, buckets: int, size: int, folds: int, name: str
    ) -> tuple[Steps, Features]:
        """Give each token the scores of the n-grams that begin there, which no gradient changes.

        Args:
            shortest: Tokens of the shortest n-grams.
            longest: Tokens of the longest.
            buckets: Rows of the table.
            size: Scores of an n-gram.
            folds: Parts into which the training texts are divided (``layers.ngram_scores``).
            name: Name of the layer that looks them up.

        Returns:
            ``(B, T, size * W)`` with ``W`` sizes of n-grams, and what the linear model says of the
            whole text, their sum by the root of their number ``(B, size)``.
        """

    def dense(self, x: Features, units: int, dropout: float, name: str) -> Features:
        """Apply a layer with relu, then drop a share of its values at training: ``(B, units)``."""

    def concatenate(self, parts: Sequence[Features]) -> Features:
        """Put features side by side: ``(B, sum of C)``."""

    def classify(self, x: Features, dropout: float, sigmoid: bool = False) -> Features:
        """Turn features into class probabilities ``(B, classes)``.

        They are the softmax of all scores; where a text may have several labels, the sigmoid of
        each.

        Args:
            x: ``(B, C)``.
            dropout: Share of the features dropped at training.
            sigmoid: Fix the score of the first class at 0 and learn the others only: of two
                classes the second then has the sigmoid of one score. Not of several labels a text.
        """
