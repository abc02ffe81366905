"""The answers of a run's held-out texts as a file: row numbers and probabilities, no texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kosent.models.held import HeldOut
from kosent.support.files import write_file

FILE = "validation.safetensors"


def write_held(folder: Path, held: HeldOut) -> None:
    """Write the answers into a run folder.

    Raises:
        RuntimeSetupError: If the disk refuses.
    """
    from safetensors.numpy import save

    arrays = {name: np.ascontiguousarray(each) for name, each in held._asdict().items()}
    write_file(folder / FILE, save(arrays))


def read_held(folder: Path) -> HeldOut | None:
    """Read the answers of a run; ``None`` where an older kosent kept none, or they are damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        found = load((folder / FILE).read_bytes())
        held = HeldOut(*(found[name] for name in HeldOut._fields))
    except (OSError, KeyError, SafetensorError):
        return None
    alike = len(held.rows) == len(held.truth) == len(held.probabilities)
    return held if alike and held.rows.ndim == 1 and held.probabilities.ndim == 2 else None
