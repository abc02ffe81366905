"""What every rival has to do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.language import Message
from kosent.support.packages import require


class Answers(NamedTuple):
    """What a system says of ``n`` texts.

    Attributes:
        labels: The label of each.
        confidences: The probability of each label, float32 ``(n,)``; ``None`` where it has none.
    """

    labels: list[str]
    confidences: npt.NDArray[np.float32] | None = None


class Rival(ABC):
    """A system that is trained, asked, and saved.

    Attributes:
        title: What it is, one line.
        package: What has to be installed for it.
        distribution: The name of that on the package index.
        seeded: Whether another seed makes another model.
    """

    title: ClassVar[Message]
    package: ClassVar[str] = "sklearn"
    distribution: ClassVar[str] = "scikit-learn"
    seeded: ClassVar[bool] = False

    def check(self) -> None:
        """Refuse to begin where its package is missing.

        Raises:
            RuntimeSetupError: If it is.
        """
        require(self.package)

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """Return what decides the model beside the texts and the seed, ready for JSON."""

    def version(self) -> str:
        """Return the name and version of its package."""
        try:
            return f"{self.distribution} {metadata.version(self.distribution)}"
        except metadata.PackageNotFoundError:  # from another distribution of the same package
            return self.package

    @abstractmethod
    def fit(self, texts: Sequence[str], labels: Sequence[str], seed: int = 0) -> None:
        """Learn.

        Args:
            texts: ``n`` texts.
            labels: Their labels, ``n``.
            seed: What is drawn goes by it, where it is ``seeded``.
        """

    @abstractmethod
    def answers(self, texts: Sequence[str]) -> Answers:
        """Return the label of each text, and how sure it is."""

    def predict(self, texts: Sequence[str]) -> list[str]:
        """Return the label of each text."""
        return self.answers(texts).labels

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Write everything that predicting needs below ``folder``."""


def likeliest(names: Sequence[str], probabilities: npt.NDArray[Any]) -> Answers:
    """Return the most probable label of each text.

    Args:
        names: ``C`` labels.
        probabilities: ``(n, C)``.
    """
    best = probabilities.argmax(axis=1)  # (n,)
    return Answers(
        [names[number] for number in best.tolist()],
        probabilities.max(axis=1).astype(np.float32),
    )
