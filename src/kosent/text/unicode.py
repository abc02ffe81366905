"""What every text passes first, whatever the preset: characters that can break later stages.

After :func:`repair` a text is in NFC, can be encoded as UTF-8, and holds no NUL or other control
character except tab, line feed and carriage return. Never NFKC: it turns ``ㅋㅋㅠㅠ`` into other
letters.
"""

from __future__ import annotations

import re
import unicodedata

# Pictures in a wide sense: arrows, hearts, stars, dingbats, emoji, skin tones. One regex range.
SYMBOLS = "\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"

_SURROGATE = re.compile("[\ud800-\udfff]")
# Control characters, and the Hangul fillers that forums use as a visible nothing.
_BLANK = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u3164\uffa0]")
# Soft hyphen, zero-width space and non-joiner, direction marks, invisible operators, BOM.
_INVISIBLE = re.compile(
    "[\xad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
# A joiner holds emoji together (👨‍👩‍👧, ❤️‍🔥); anywhere else it is invisible rubbish.
_STRAY_JOINER = re.compile(f"(?<![{SYMBOLS}])(?<![{SYMBOLS}]\ufe0f)\u200d|\u200d(?![{SYMBOLS}])")
# A superset of the runs of combining marks: they are neither letters nor white space nor ASCII.
_LONG_MARKS = re.compile(r"[^\w\s\x00-\x7f]{31,}")
_MARKS_IN_A_ROW = 30  # Unicode Standard Annex 15, "Stream-Safe Text Format"
_GRAPHEME_JOINER = "\u034f"


def repair(text: str) -> str:
    """Put ``text`` into NFC and take out what breaks UTF-8, regexes or native libraries.

    Lone surrogates become U+FFFD (a split pair is joined again), control characters become a
    space, zero-width characters disappear, emoji keep their joiners and variation selectors.
    """
    return to_nfc(replace_invisible(text))


def replace_invisible(text: str) -> str:
    """Do what :func:`repair` does, without the composition."""
    # Cheap to ask: no character treated here is printable, save the fillers, which are letters.
    if text.isprintable() and "\u3164" not in text and "\uffa0" not in text:
        return text
    text = replace_surrogates(text)
    text = _BLANK.sub(" ", text)
    text = _INVISIBLE.sub("", text)
    return _STRAY_JOINER.sub("", text)


def to_nfc(text: str) -> str:
    """Canonical composition, in linear time.

    ``unicodedata`` sorts a run of combining marks by insertion: 32,000 marks on one letter take
    0.8 s and a megabyte would take minutes. Longer runs are broken by a combining grapheme
    joiner, as the Unicode standard describes for streams.
    """
    if len(text) > 1000:
        text = _LONG_MARKS.sub(_break_marks, text)
    if unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", text)


def replace_surrogates(text: str) -> str:
    """Make ``text`` encodable: join surrogates that form a pair, replace lone ones by U+FFFD."""
    if _SURROGATE.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _break_marks(match: re.Match[str]) -> str:
    parts: list[str] = []
    marks = 0
    for character in match[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MARKS_IN_A_ROW:
            parts.append(_GRAPHEME_JOINER)
            marks = 1
        parts.append(character)
    return "".join(parts)
