"""Values as JSON knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def to_python(value: Any) -> Any:
    """Turn NumPy's numbers, and the tuples and mappings that hold them, into Python's own.

    A search over settings hands out ``np.int64(3)``, which JSON cannot write.
    """
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {to_python(key): to_python(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [to_python(each) for each in value]
    return value
