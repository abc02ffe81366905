"""The settings of an encoder."""

from __future__ import annotations

from kosent.support.checks import check_setting


def check_truncate(received: object) -> None:
    """Refuse what is neither ``"post"`` nor ``"pre"``.

    Raises:
        UsageError: If it is not.
    """
    check_setting(
        "truncate", received, received in ("post", "pre"), "post 또는 pre여야", "'post' or 'pre'"
    )
