"""What each text counts, as users hand it over."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.errors import DataError


def check_weights(weights: Any, rows: int) -> npt.NDArray[np.float32]:
    """Return what each text counts: float32 ``(rows,)``.

    Args:
        weights: A number of at least 0 for each text.
        rows: Number of texts.

    Raises:
        DataError: If shapes differ, or one is no such number.
    """
    try:
        found = np.asarray(weights, np.float32)
    except (TypeError, ValueError):
        found = np.empty(0, np.float32)
    if found.shape != (rows,):
        raise DataError(
            f"글 {rows}개에 sample_weight의 모양이 {np.shape(weights)}입니다",
            f"{rows} texts but sample_weight of shape {np.shape(weights)}",
        )
    wrong = ~((found >= 0) & np.isfinite(found))
    if wrong.any():
        position = int(wrong.argmax())
        raise DataError(
            f"{position + 1}번째 글의 가중치가 0 이상의 수가 아닙니다: {found[position]}",
            f"sample_weight of text number {position + 1} is no number of at least 0: "
            f"{found[position]}",
        )
    return found
