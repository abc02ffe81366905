"""Where corpora lie on this machine. Looks only; makes no folder."""

from __future__ import annotations

import os
from pathlib import Path


def data_folder() -> Path:
    """Return the folder of downloaded corpora: ``KOSENT_DATA`` or the user's cache."""
    named = os.environ.get("KOSENT_DATA", "")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("kosent")) / "corpora"


def bundled_folder() -> Path:
    """Return the folder that came with kosent: sample corpus and corpus cards."""
    here = Path(__file__).resolve().parents[1]  # kosent/corpora
    installed = here / "data"  # the wheel carries the top-level corpora/ under this name
    return installed if installed.is_dir() else here.parents[2] / "corpora"
