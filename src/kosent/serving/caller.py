"""The language of who asks, from the header ``Accept-Language``."""

from __future__ import annotations

from typing import Literal

Spoken = Literal["ko", "en"]

_MOST = 200  # characters of the header that are read


def spoken(header: str) -> Spoken:
    """Return the language in which a caller is answered (RFC 9110, 12.5.4).

    Args:
        header: Such as ``"en-US,en;q=0.9,ko;q=0.8"``.

    Returns:
        Of Korean and English the one that is preferred; Korean where the header says nothing, or
        ``*``; English where it names other languages only.
    """
    weights = dict(_weighed(part) for part in header[:_MOST].lower().split(",") if part.strip())
    if not weights:
        return "ko"
    others = weights.get("*", 0.0)
    korean, english = weights.get("ko", others), weights.get("en", others)
    if korean == english == 0:
        return "en"
    return "ko" if korean >= english else "en"


def _weighed(part: str) -> tuple[str, float]:
    name, _, parameter = part.partition(";")
    try:
        weight = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
    except ValueError:
        weight = 0.0
    return name.strip().split("-")[0], weight if 0 <= weight <= 1 else 0.0
