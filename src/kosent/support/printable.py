"""Text that neither breaks a line nor steers who shows it, whoever wrote it."""

from __future__ import annotations

import re

# What would break a line, or steer a terminal or a page: control characters, line and paragraph
# separators, everything that Unicode lists as Bidi_Control, lone surrogates.
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def one_line(text: str) -> str:
    r"""Return the text with what would break a line or steer a terminal as ``\n`` or ``\x1b``."""
    return _UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
