"""What every classifier does once it gives probabilities: labels, reports, growing sentences."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from itertools import tee
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.errors import UsageError
from kosent.support.inputs import check_texts
from kosent.text.stream import chunks

if TYPE_CHECKING:
    from kosent.explanation.explanation import Explanation
    from kosent.prediction.explaining import Answering
    from kosent.prediction.network import Network
    from kosent.text.encoding.encoded import Noted

# Words times characters: twice the characters of all prefixes. The longest IMDB review has 34
# million (10 s); a megabyte of words would have 200 times that.
LONGEST_TRACE = 50_000_000

Probabilities = npt.NDArray[np.float32]


class Predicted(NamedTuple):
    """What a list of texts gets.

    Attributes:
        probabilities: float32 ``(n, classes)``.
        blank: Numbers of the texts of which cleaning left nothing: what they get is what the
            classifier gives without a word, and says nothing of them.
        cut: Numbers of the texts that were longer than the classifier reads.
    """

    probabilities: Probabilities
    blank: list[int]
    cut: list[int]


class Predictor(ABC):
    """Base of whatever gives probabilities for texts; ``info_`` is the last of it to be set.

    Attributes:
        classes_: The labels, in the order of the probabilities' columns.
        thresholds_: Probability from which on each label is given, where a text may have several;
            ``None`` where it has one.
        info_: Where it comes from.
    """

    classes_: npt.NDArray[Any]
    thresholds_: list[float] | None = None
    info_: dict[str, Any]

    @abstractmethod
    def predict_noted(self, parts: Iterable[list[str]]) -> Iterator[Predicted]:
        """Return what list after list of texts gets.

        Args:
            parts: Lists of texts; taken from the iterator no more than some lists ahead.

        Yields:
            Probabilities and remarks for each list, in order.
        """

    def predict_parts(self, parts: Iterable[list[str]]) -> Iterator[Probabilities]:
        """Return the probabilities alone, as :meth:`predict_noted` yields them."""
        return (each.probabilities for each in self.predict_noted(parts))

    def predict_proba(self, texts: Sequence[str]) -> Probabilities:
        """Return the probability of each class.

        Args:
            texts: ``n`` strings.

        Returns:
            float32 ``(n, classes)``; columns follow ``classes_``, rows add up to 1.

        Raises:
            DataError: If a text is no string.
            UsageError: If the classifier is not fitted.
        """
        return self.predict_all(texts).probabilities

    def predict_all(self, texts: Sequence[str]) -> Predicted:
        """Return the probabilities of texts, and which of them were blank or cut.

        Args:
            texts: ``n`` strings.

        Raises:
            DataError: If a text is no string.
            UsageError: If the classifier is not fitted.
        """
        self._check_fitted()
        parts = [np.empty((0, len(self.classes_)), np.float32)]
        blank: list[int] = []
        cut: list[int] = []
        done = 0
        for part in self.predict_noted(chunks(check_texts(texts))):
            parts.append(part.probabilities)
            blank += [done + row for row in part.blank]
            cut += [done + row for row in part.cut]
            done += len(part.probabilities)
        return Predicted(np.concatenate(parts), blank, cut)

    def trace(self, text: str) -> list[tuple[str, Probabilities]]:
        """Follow a sentence as it grows.

        Each prefix goes through the same door as any text, cleaning included.

        Args:
            text: A sentence.

        Returns:
            Each prefix that ends with a word, with its probabilities ``(classes,)``.

        Raises:
            UsageError: If the text is so long that its prefixes would fill the memory.
        """
        (text,) = check_texts([text])
        words = text.split()
        if len(words) * len(text) > LONGEST_TRACE:
            raise UsageError(
                f"낱말마다 따라가기에는 글이 너무 깁니다 (낱말 {len(words):,}개)",
                f"the text is too long to be followed word by word ({len(words):,} words)",
            )
        prefixes = [" ".join(words[: end + 1]) for end in range(len(words))] or [text]
        return list(zip(prefixes, self.predict_all(prefixes).probabilities, strict=True))

    def explain(
        self,
        texts: Sequence[str],
        *,
        labels: Sequence[Any] | None = None,
        method: str = "auto",
        grouped: bool = True,
        evaluations: int = 1024,
    ) -> list[Explanation]:
        """Tell what each eojeol of each text adds to the log-odds of each label.

        Args:
            texts: ``n`` strings.
            labels: The labels that are explained; all without it.
            method: ``"linear"``, ``"shapley"``, ``"leave-one-out"``, or ``"auto"``: the first where
                the model is linear, else the second (:mod:`kosent.explanation.explain`).
            grouped: Whether neighbouring eojeol that negate (``안 좋다``) are one part.
            evaluations: How often the model may be asked about each text, at least 16.

        Raises:
            DataError: If a text is no string.
            UsageError: If the classifier is not fitted, a name is not known, or the model not
                linear where that is asked for.
        """
        from kosent.prediction.explaining import explained

        return explained(self, texts, labels, method, grouped, evaluations)

    def _answering(self) -> tuple[list[Answering], list[float]]:
        """Return the networks that answer, where they can be told, and the bias of each class."""
        return [], []

    def _check_fitted(self) -> None:
        if not hasattr(self, "info_"):
            from kosent.support.estimator import not_fitted

            raise not_fitted()


def predicted(network: Network, noted: Iterable[Noted]) -> Iterator[Predicted]:
    """Return what a network gives to list after list of encoded texts, with the remarks on them.

    Args:
        network: The network.
        noted: Encoded texts; taken from the iterator no more than some lists ahead.

    Yields:
        Probabilities and remarks for each list, in order.
    """
    encoded, again = tee(noted)
    stream = network.stream(each.texts for each in encoded)
    for probabilities, (_, blank, cut) in zip(stream, again, strict=True):
        yield Predicted(probabilities, blank, cut)
