"""Signs that a text was decoded wrongly, or is composed otherwise than its neighbours.

=========================  ========================================================================
``mojibake``               UTF-8 read as Latin-1, Windows-1252 or CP949, or CP949 read as Latin-1:
                           read back, it is Hangul or another character of more than one byte
``mixed encodings``        sound Hangul beside mojibake, or composed Hangul beside decomposed
``replacement character``  U+FFFD: a byte that somebody could not decode is lost
``decomposed``             letters taken apart (NFD), as macOS writes names; cleaning composes them
``lone surrogate``         half a character, which only JSON and Python can hold
=========================  ========================================================================
"""

from __future__ import annotations

import re
import unicodedata

from kosent.text.unicode import to_nfc

KINDS = (
    "mojibake",
    "mixed encodings",
    "replacement character",
    "decomposed",
    "lone surrogate",
)

_HANGUL = re.compile("[가-힣]")
_PARTS = re.compile("[\u1100-\u11ff]")  # letters that make up syllables
_SURROGATE = re.compile("[\ud800-\udfff]")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_LATIN = re.compile("[\x80-\xff]")
_HANJA = re.compile("[\u4e00-\u9fff\uf900-\ufaff]")
_LOST = "占쏙옙"  # two U+FFFD in UTF-8, read as CP949: the most frequent mojibake of Korean
# Windows-1252 has printable characters where Latin-1 has controls.
_AS_LATIN = {
    ord(bytes([byte]).decode("cp1252")): byte
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


def odd_encodings(text: str) -> list[str]:
    """Return what is odd about a text, of ``KINDS``; in time linear in its length."""
    if text.isascii():
        return []
    garbled = is_mojibake(text)
    decomposed = is_decomposed(text)
    sound = _HANGUL.search(_without_mojibake(text) if garbled else text) is not None
    signs = {
        "mojibake": garbled,
        "mixed encodings": sound and (garbled or (decomposed and bool(_PARTS.search(text)))),
        "replacement character": "\ufffd" in text,
        "decomposed": decomposed,
        "lone surrogate": _SURROGATE.search(text) is not None,
    }
    return [kind for kind in KINDS if signs[kind]]


def is_decomposed(text: str) -> bool:
    """Tell whether composing the text (NFC) makes it shorter."""
    if unicodedata.is_normalized("NFC", text):
        return False
    return len(to_nfc(text)) < len(text)


def is_mojibake(text: str) -> bool:
    """Tell whether a part of the text reads as sense in another encoding."""
    if _LOST in text:
        return True
    if not (_LATIN.search(text) or _HANJA.search(text)):  # the usual text ends here
        return False
    return any(map(_is_garbled, _FOREIGN.findall(text)))


def _without_mojibake(text: str) -> str:
    """Return what is sound: nothing, where UTF-8 became Hangul that cannot be told from sound."""
    if any(map(_is_utf8_as_korean, _FOREIGN.findall(text))):
        return ""
    sound = _FOREIGN.sub(lambda run: "" if _is_garbled(run[0]) else run[0], text)
    return sound.replace(_LOST, "")


def _is_garbled(run: str) -> bool:
    """Tell whether a run of characters beyond ASCII is another one, decoded wrongly."""
    return _is_utf8_as_latin(run) or _is_korean_as_latin(run) or _is_utf8_as_korean(run)


def _is_utf8_as_latin(run: str) -> bool:
    return _recoded(run.translate(_AS_LATIN), "latin-1", "utf-8") != ""


def _is_korean_as_latin(run: str) -> bool:
    # KS X 1001 only: its pairs are two high bytes, which no word of a Latin script has in a row.
    korean = _recoded(run, "latin-1", "euc_kr")
    return len(korean) > 1 and len(_HANGUL.findall(korean)) == len(korean)


def _is_utf8_as_korean(run: str) -> bool:
    # Bytes that are no CP949 were left out or replaced, so that some syllables are lost.
    korean = _recoded(run, "cp949", "utf-8", "replace") if _HANJA.search(run) else ""
    return len(_HANGUL.findall(korean)) > max(1, korean.count("\ufffd"))


def _recoded(run: str, written: str, read: str, errors: str = "strict") -> str:
    """Return the run encoded in the one way and decoded in the other, "" where that fails."""
    try:
        return run.encode(written).decode(read, errors)
    except UnicodeError:
        return ""
