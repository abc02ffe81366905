"""Where a saved model lies: on this machine, or on the hub, from which it is fetched first."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from kosent.bundles.manifest import MANIFEST
from kosent.support.paths import user_path

SCHEME = "hf:"
BUNDLE = "bundle"  # where a run folder keeps its model


def located(path: str | Path) -> Path:
    """Return where a saved model lies on this machine.

    Args:
        path: A path, or ``hf:owner/name``, with ``@revision`` where it is not the newest.

    Raises:
        KosentError: As ``kosent.bundles.hub.fetch``, of one that is on the hub.
    """
    if isinstance(path, str) and path.startswith(SCHEME):
        from kosent.bundles.hub import fetch

        return fetch(path.removeprefix(SCHEME))
    return user_path(path)


def within(path: Path) -> Path:
    """Return the model of a run folder; any other path as it is."""
    with suppress(OSError):  # reading the model will say it better
        return path / BUNDLE if (path / BUNDLE / MANIFEST).is_file() else path
    return path
