"""How Koreans really type: named noises that texts get, to test a model or to harden one.

    >>> perturb("spaces_removed", ["정말 재미 있다"])
    ['정말재미있다']

A text and a seed decide what becomes of it, whatever stands beside it. Time is linear, no text is
lost, none that is not empty becomes so. Not covered: wrong words, dialect, and English.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kosent.errors import unknown_name
from kosent.language import Message
from kosent.support.checks import check_count, check_share
from kosent.text.codes import Seed, draws_by_text
from kosent.text.noise import kinds
from kosent.text.unicode import to_nfc

__all__ = ["NOISES", "SHARE", "Noise", "Seed", "noised", "perturb"]

# Of the training texts that get a noise. A GRU on SentencePiece, 36,000 reviews, 3 epochs, its
# accuracy on 10,000 others clean and as the mean over the noises: without noise 0.8332 and 0.8037,
# with half of the texts 0.8387 and 0.8239, with all of them 0.8395 and 0.8269.
SHARE = 1.0

_CHOICE = 100  # the stream of draws that chooses a text's noise; no noise uses it
_AT_ONCE = 1024  # texts: their arrays, 36,000 numbers with NSMC, stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Noise:
    """A row of the table of noises.

    Attributes:
        summary: What it does to a text.
        places: What ``rate`` is a share of.
        rate: The probability, by default, with which a place is hit.
        apply: Gives texts in NFC, a rate above 0 and a seed their noise.
        weight: Its part of the texts that :func:`noised` changes, against those of the others.
    """

    summary: Message
    places: Message
    rate: float
    apply: Callable[[Sequence[str], float, Seed], list[str]]
    weight: int = 1


NOISES: dict[str, Noise] = {
    "spaces_removed": Noise(
        Message("띄어쓰기를 없앰", "removed spaces"),
        Message("낱말 사이의 빈칸", "spaces between words"),
        1.0,
        kinds.spaces_removed,
        weight=6,  # as much as all others: 0.0135 lost by it, and with a weight of 1 0.0197
    ),
    "spaces_added": Noise(
        Message("아무 데나 띄어 씀", "random spaces"),
        Message("낱말 안 음절의 사이", "borders of syllables in a word"),
        0.2,
        kinds.spaces_added,
    ),
    "stretched": Noise(
        Message("ㅋㅋ ㅎㅎ ㅠㅠ ㅜㅜ를 길게", "stretched letters"),
        Message("이어진 ㅋ ㅎ ㅠ ㅜ", "runs of these letters"),
        1.0,
        kinds.stretched,
    ),
    "jamo": Noise(
        Message("음절을 낱자로 풂", "syllables split into letters"),
        Message("음절", "syllables"),
        0.1,
        kinds.jamo,
    ),
    "typos": Noise(
        Message("두벌식 자판에서 옆 글쇠를 누름", "neighbouring keys of the two-set keyboard"),
        Message("음절", "syllables"),
        0.1,
        kinds.typos,
    ),
    "finals_dropped": Noise(
        Message("받침을 빠뜨림", "dropped final consonants"),
        Message("받침이 있는 음절", "syllables with a final consonant"),
        0.2,
        kinds.finals_dropped,
    ),
    "emoji": Noise(
        Message("뜻과 상관없는 이모지를 붙임", "emoji added at random"),
        Message("글", "texts"),
        1.0,
        kinds.emoji,
    ),
}


def perturb(
    name: str, texts: Sequence[str], rate: float | None = None, seed: Seed = 0
) -> list[str]:
    """Give texts a noise.

    Args:
        name: A name in ``NOISES``.
        texts: Any strings.
        rate: The probability, from 0.0 to 1.0, with which each place is hit; what is a place, and
            the default, stands in the table. With 0.0 the texts come back as they are.
        seed: A whole number from 0 on, or several.

    Returns:
        As many texts, put into NFC.

    Raises:
        UsageError: If there is no such noise, or rate or seed cannot be used.
    """
    if name not in tuple(NOISES):  # a tuple also takes what has no hash
        raise unknown_name("잡음", "noise", name, NOISES)
    noise = NOISES[name]
    rate = noise.rate if rate is None else rate
    check_share("rate", rate, 0.0)
    _check_seed(seed)
    if rate == 0:
        return list(texts)
    out: list[str] = []
    for start in range(0, len(texts), _AT_ONCE):
        out += noise.apply([to_nfc(text) for text in texts[start : start + _AT_ONCE]], rate, seed)
    return out


def noised(texts: Sequence[str], seed: Seed, share: float = SHARE) -> list[str]:
    """Give some of the texts one noise each, by its weight, at its default rate.

    Args:
        texts: Any strings.
        seed: A whole number from 0 on, or several: (seed, epoch).
        share: The probability, from 0.0 to 1.0, with which a text gets one.

    Returns:
        As many texts; those without noise are the same objects.

    Raises:
        UsageError: If share or seed cannot be used.
    """
    check_share("share", share, 0.0)
    _check_seed(seed)
    out = list(texts)
    if share == 0:
        return out
    ends = np.cumsum([noise.weight for noise in NOISES.values()])
    rolls = draws_by_text(out, seed, _CHOICE) / share  # (n,)
    which = np.searchsorted(ends, rolls * ends[-1], side="right")  # past the last: none
    for number, name in enumerate(NOISES):
        rows = np.flatnonzero(which == number).tolist()
        for row, text in zip(rows, perturb(name, [out[i] for i in rows], seed=seed), strict=True):
            out[row] = text
    return out


def _check_seed(seed: Seed) -> None:
    for number in seed if isinstance(seed, tuple) else (seed,):
        check_count("seed", number, 0)
