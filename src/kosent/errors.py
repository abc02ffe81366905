"""Errors that kosent shows to its users in one line.

Everything that is the user's to mend is a ``KosentError``; any other exception
that leaves kosent is a bug and keeps its traceback::

    KosentError               exit code 1
    ├── UsageError            2    a wrong name, option or argument (also a ValueError)
    ├── DataError             3    texts, labels or a file that cannot be used (also a ValueError)
    ├── BundleError           4    a saved model that is damaged, foreign or too new
    ├── RuntimeSetupError     5    this machine lacks something (Java, disk permission)
    └── DownloadError         6    the network or the server failed

An error says on one line what was wrong, what arrived, what to do. It holds that in Korean and
in English; ``str(error)`` is in the reader's language (``kosent.language``).
"""

from __future__ import annotations

from collections.abc import Iterable

from kosent.language import Message


class KosentError(Exception):
    """Base of all errors that a user can mend.

    Attributes:
        message: Both languages on one line, for logs and JSON.
        korean: The sentences in Korean.
        english: The same in English.
    """

    exit_code = 1

    def __init__(self, korean: str, english: str) -> None:
        self.message = Message(korean, english)
        super().__init__(self.message)
        self.korean = korean
        self.english = english

    def __str__(self) -> str:
        """Return the line in the reader's language."""
        return self.message.said

    def __reduce__(self) -> tuple[type[KosentError], tuple[str, str]]:
        """Pickle by both messages, so that the error crosses process borders."""
        return type(self), (self.korean, self.english)


class UsageError(KosentError, ValueError):
    """An argument, option or name that kosent does not know or cannot accept."""

    exit_code = 2


class DataError(KosentError, ValueError):
    """A corpus, an input file, or texts and labels that cannot be used as they are."""

    exit_code = 3


class BundleError(KosentError):
    """A saved model that is damaged, not a bundle, or of a newer format."""

    exit_code = 4


class RuntimeSetupError(KosentError):
    """Something outside kosent is missing on this machine."""

    exit_code = 5


class DownloadError(KosentError):
    """A download that could not be completed or verified."""

    exit_code = 6


def unknown_name(
    kind_korean: str, kind_english: str, received: object, known: Iterable[str]
) -> UsageError:
    """Build the error for a name that is not in a table.

    Args:
        kind_korean: What the name stands for, in Korean, such as ``"토크나이저"``.
        kind_english: The same in English, such as ``"tokenizer"``.
        received: The name that arrived.
        known: The valid names.

    Returns:
        An error that lists the valid names and the nearest one.
    """
    from difflib import get_close_matches  # takes 3 ms to import

    names = sorted(known)
    close = get_close_matches(str(received), names, n=1)
    hint_ko = f" '{close[0]}'을(를) 찾으셨나요?" if close else ""
    hint_en = f" Did you mean '{close[0]}'?" if close else ""
    listed = ", ".join(names)
    return UsageError(
        f"모르는 {kind_korean} 이름입니다: {received!r}.{hint_ko} 쓸 수 있는 이름: {listed}",
        f"unknown {kind_english} {received!r}.{hint_en} Known: {listed}",
    )
