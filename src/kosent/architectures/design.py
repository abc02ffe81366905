"""A network as data: its name, the size of its table and its hyper-parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Architecture:
    """A network as data.

    Attributes:
        name: Name in ``kosent.architectures.ARCHITECTURES``.
        vocabulary_size: Rows of the embedding table.
        options: Hyper-parameters that differ from the defaults of the version that saved it.
    """

    name: str
    vocabulary_size: int
    options: dict[str, Any]
