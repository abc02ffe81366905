"""Where a saved model lies: on this machine, or on the hub, from which it is fetched first."""

from __future__ import annotations

from pathlib import Path

from kosent.support.paths import user_path

SCHEME = "hf:"


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
