"""Networks as data: a row of the table, and one with its size and hyper-parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy.typing as npt

Arrays = dict[str, npt.NDArray[Any]]

# What learns the weights: the steps of Keras' ``fit``; a solver, since the network is linear; or
# ``fit`` after the scores of n-grams, which the network reads, were learned.
Trainer = Literal["keras", "solved", "scored"]


@dataclass(frozen=True, slots=True)
class Row:
    """A network of the table.

    Attributes:
        file: Its file in ``kosent.architectures.networks``, in which a function has the network's
            name. That function says how it is built, in Keras and in ONNX, and which options it
            has, with their defaults and bounds.
        korean: What it is, one sentence.
        english: The same in English.
        trainer: Tells from all its options what learns its weights.
        by_classes: The size among its options that, where it is 0, follows from the number of
            classes (``kosent.architectures.networks.ngrams.linear_size``); none where it is empty.
    """

    file: str
    korean: str
    english: str
    trainer: Callable[[Mapping[str, Any]], Trainer] = lambda _: "keras"
    by_classes: str = ""


@dataclass(frozen=True, slots=True)
class Architecture:
    """A network as data.

    Attributes:
        name: Name in ``kosent.architectures.ARCHITECTURES``.
        vocabulary_size: Rows of the embedding table.
        options: Hyper-parameters that differ from the defaults of the version that saved it.
        multilabel: Whether a text may have several classes.
    """

    name: str
    vocabulary_size: int
    options: dict[str, Any]
    multilabel: bool = False
