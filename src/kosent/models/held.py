"""What the texts got that were held out: by a model that had not learned them.

No text is kept, only where it stands: the corpus has the texts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class HeldOut(NamedTuple):
    """The answers of the held-out texts.

    Attributes:
        rows: Where each text stands among those that were given, int64 ``(n,)``.
        truth: Its class number, int32 ``(n,)``; where a text may have several labels, whether it
            has each, bool ``(n, labels)``.
        probabilities: float32 ``(n, classes)``. With folds each text has those of the models that
            learned from the other folds.
    """

    rows: npt.NDArray[np.int64]
    truth: npt.NDArray[np.int32] | npt.NDArray[np.bool_]
    probabilities: npt.NDArray[np.float32]

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Whether each text got its label ``(n,)``; of one label a text."""
        found: npt.NDArray[np.bool_] = self.probabilities.argmax(axis=1) == self.truth
        return found
