"""One spelling for a label, wherever it comes from: a file of any format, or a list in Python.

Labels that a person reads as the same become the same string:

- Unicode is composed (NFC); full-width ASCII (``１``, ``Ａ``) and the ideographic space become
  ASCII;
- marks without width (U+200B, U+200C, U+2060, U+FEFF, soft hyphens, direction marks, and U+200D
  outside emoji) are removed, blanks around the label too, and blanks inside become one space;
- an apostrophe that begins a label and does not end it, with which spreadsheets mark text, goes;
- a whole number written as a float loses its zeros (``1.0`` is ``1``), and ``true``, ``TRUE`` and
  ``True`` are ``True``, ``false`` likewise;
- what pandas reads as missing (``NaN``, ``NA``, ``null``, ``None``, ``#N/A`` ... in just these
  spellings, so that ``none`` stays a class), nothing, and a NaN are no label.

Case makes no other difference: ``Good`` and ``good`` are two labels.
"""

from __future__ import annotations

import math
import re
import unicodedata
from enum import Enum

# The defaults of pandas.read_csv: of "none" there are corpora with a class of that name.
_MISSING = """
#N/A #NA -1.#IND -1.#QNAN -NaN -nan 1.#IND 1.#QNAN <NA> N/A NA NULL NaN NaT None n/a nan null
"""
MISSING = frozenset(["", "#N/A N/A", *_MISSING.split()])
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_NO_WIDTH = re.compile(
    "[\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
    "|(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d"
)
_WHOLE = re.compile(r"([+-]?[0-9]+)\.0+")
_TRUTH = {"true": "True", "false": "False"}


def spelling(label: str) -> str:
    """Return a label in its one spelling, ``""`` where it is none."""
    text = unicodedata.normalize("NFC", label).translate(_FULL_WIDTH)
    text = " ".join(_NO_WIDTH.sub("", text).split())
    if len(text) > 1 and text[0] == "'" and text[-1] != "'":
        text = text[1:].lstrip()
    if text in MISSING:
        return ""
    whole = _WHOLE.fullmatch(text)
    if whole:
        return whole[1]
    return _TRUTH.get(text.casefold(), text)


def label_of(value: object) -> str | None:
    """Return the label that a cell of a file holds.

    Args:
        value: What stands there: a string, a number, a truth value, a member of an enumeration,
            or nothing.

    Returns:
        The label; ``""`` where there is none, ``None`` where the value can be no label: a list,
        a date, or a string with half a character in it, which could be neither printed nor saved.
    """
    if isinstance(value, Enum):
        value = value.value
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, str | int | float):
        return None
    label = spelling(str(value))
    return None if any("\ud800" <= letter <= "\udfff" for letter in label) else label
