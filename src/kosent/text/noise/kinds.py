"""What is done to texts, a function each: ``(texts, rate, seed)`` in, as many texts out.

Texts are in NFC. A place is hit with the probability ``rate``, each by its own draw.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kosent.text.codes import Codes, Draws, Flags, Seed, cut, draws_by_text
from kosent.text.noise import keyboard
from kosent.text.openkorean.hangul import CODAS, FIRST, ONSETS, VOWELS

STRETCHED = "ㅋㅎㅠㅜ"
MOST_ADDED = 10  # letters, to a stretched run
EMOJI = "😀😂😊😍🥰😅🤔😢😭😡👍👎👏🔥💕✨🎬🍿"  # of all moods: an added one says nothing
MOST_EMOJI = 3

_SPACE = ord(" ")
_NONE = -1


def spaces_removed(texts: Sequence[str], rate: float, seed: Seed) -> list[str]:
    """``정말 재미 있다`` -> ``정말재미있다``.

    A place is a run of white space between words; what stands at a text's edges is none.
    """
    source = Codes(texts, seed)
    white = source.white
    starts, runs = _runs(source, white, white)
    taken = source.draws()[starts] < rate  # (runs,)
    taken[runs[(source.first | source.last)[white]]] = False
    kept = np.ones(len(white), np.bool_)
    kept[white] = ~taken[runs]
    return source.texts_of(source.codes[kept], kept.astype(np.int64))


def spaces_added(texts: Sequence[str], rate: float, seed: Seed) -> list[str]:
    """``재미있다`` -> ``재미 있다``. A place is a border between two syllables of a word."""
    source = Codes(texts, seed)
    syllables = source.syllables
    apart = syllables & source.before(syllables) & (source.draws() < rate)
    counts = np.where(apart, 2, 1)
    codes = np.repeat(source.codes, counts)
    codes[np.cumsum(counts)[apart] - 1] = _SPACE
    return source.texts_of(codes, counts)


def stretched(texts: Sequence[str], rate: float, seed: Seed) -> list[str]:
    """``재밌다ㅋㅋ`` -> ``재밌다ㅋㅋㅋㅋㅋㅋ``.

    A place is a run of one of ㅋ, ㅎ, ㅠ, ㅜ, if of length 1; it gets 1 to 10 letters more.
    """
    source = Codes(texts, seed)
    letters = np.isin(source.codes, [ord(letter) for letter in STRETCHED])
    same = np.zeros_like(letters)
    same[1:] = source.codes[1:] == source.codes[:-1]
    starts, _ = _runs(source, letters, same)
    longer = starts[source.draws()[starts] < rate]
    counts = np.ones(len(letters), np.int64)
    counts[longer] += 1 + _choices(source.draws(1)[longer], MOST_ADDED)
    return source.texts_of(np.repeat(source.codes, counts), counts)


def jamo(texts: Sequence[str], rate: float, seed: Seed) -> list[str]:
    """``재밌다`` -> ``ㅈㅐ밌다``. A place is a syllable; its letters become separate ones."""
    source = Codes(texts, seed)
    split = source.syllables & (source.draws() < rate)
    numbers = source.codes[split] - ord(FIRST)
    parts = np.full((len(split), 3), _NONE, np.int32)  # (n, 3)
    parts[:, 0] = source.codes
    parts[split, 0] = _ONSETS[numbers // (len(VOWELS) * len(CODAS))]
    parts[split, 1] = _VOWELS[numbers // len(CODAS) % len(VOWELS)]
    parts[split, 2] = _CODAS[numbers % len(CODAS)]
    there = parts != _NONE
    return source.texts_of(parts[there], there.sum(axis=1))


def finals_dropped(texts: Sequence[str], rate: float, seed: Seed) -> list[str]:
    """``재밌다`` -> ``재미다``. A place is a syllable with a final consonant, single or double."""
    source = Codes(texts, seed)
    finals = (source.codes - ord(FIRST)) % len(CODAS)
    dropped = source.syllables & (finals > 0) & (source.draws() < rate)
    codes = source.codes - np.where(dropped, finals, 0)
    return source.texts_of(codes, np.ones(len(codes), np.int64))


def typos(texts: Sequence[str], rate: float, seed: Seed) -> list[str]:
    """``재밌다`` -> ``재밋다``: another key of the two-set keyboard is hit.

    A place is a syllable. One of its keystrokes, each equally probable, is replaced by a
    neighbouring key or by the same key with Shift the other way, each equally probable, and the
    keys are put together as an input method does, with those of the syllable before:
    ``휴일`` -> ``ㅎㅍ일``, ``한시`` -> ``하뇨ㅣ``.
    """
    source = Codes(texts, seed)
    syllables = source.syllables
    struck = syllables & (source.draws() < rate)
    lengths = source.lengths.copy()
    parts: list[str] = []
    done = 0
    slipping = _Slipping(source, struck)
    for start, end in _windows(source, syllables, struck):
        text = slipping.write(start, end)
        parts += (source.joined[done:start], text)
        lengths[source.rows[start]] += len(text) - (end - start)
        done = end
    return cut("".join([*parts, source.joined[done:]]), lengths)


def emoji(texts: Sequence[str], rate: float, seed: Seed) -> list[str]:
    """``재밌다`` -> ``재밌다😭😭``. A place is a text that is not empty.

    It gets, at its end, an emoji that has nothing to do with it, 1 to 3 times.
    """
    rolls = draws_by_text(texts, seed)
    which = np.where(rolls < rate, _choices(rolls / rate, len(EMOJI) * MOST_EMOJI), _NONE)
    return [
        text + EMOJI[number // MOST_EMOJI] * (number % MOST_EMOJI + 1)
        if text and number != _NONE
        else text
        for text, number in zip(texts, which.tolist(), strict=True)
    ]


class _Slipping:
    """Writes parts of texts anew, with the slips that were drawn."""

    def __init__(self, source: Codes, struck: Flags) -> None:
        self._joined = source.joined
        self._struck = struck
        self._which, self._what = source.draws(1), source.draws(2)

    def write(self, start: int, end: int) -> str:
        """Return what is typed instead of these syllables."""
        keys: list[str] = []
        for place in range(start, end):
            typed = keyboard.keystrokes(self._joined[place])
            keys.append(self._slip(typed, place) if self._struck[place] else typed)
        return keyboard.write("".join(keys))

    def _slip(self, keys: str, place: int) -> str:
        at = int(self._which[place] * len(keys))
        choices = keyboard.slips(keys[at])
        return keys[:at] + choices[int(self._what[place] * len(choices))] + keys[at + 1 :]


def _windows(source: Codes, syllables: Flags, struck: Flags) -> list[tuple[int, int]]:
    """Return where something is typed anew: runs of struck syllables, and the syllable before.

    Its final consonant may move on, or get a second. The one after never changes: it begins with
    a consonant that its own vowel holds.
    """
    starts = np.flatnonzero(struck & ~source.after(struck))
    ends = np.flatnonzero(struck & ~source.before(struck)) + 1
    starts -= source.after(syllables)[starts]
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def _runs(
    source: Codes, members: Flags, same: Flags
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find runs of members; one goes on where ``same`` says so.

    Returns:
        Where each run starts, (runs,), and the run of each member, (members,).
    """
    begins = members & ~(source.after(members) & same)
    return np.flatnonzero(begins), np.cumsum(begins)[members] - 1


def _choices(draws: Draws, count: int) -> NDArray[np.int64]:
    return np.minimum(draws * count, count - 1).astype(np.int64)


def _letters(letters: str) -> NDArray[np.int32]:
    """Return the code points of letters; that of a blank, which stands for none, is -1."""
    return np.array([_NONE if each == " " else ord(each) for each in letters], np.int32)


_ONSETS, _VOWELS, _CODAS = map(_letters, (ONSETS, VOWELS, CODAS))
