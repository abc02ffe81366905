"""What a verb or an adjective can look like in a text: all conjugated forms of a stem.

Open Korean Text's rules. A stem keeps everything but its last syllable, which gives way to one of
the *tails* of that syllable. What a tail may be depends on the syllable's letters only, on whether
the stem is an adjective's, and for a few rules on whether the syllable is the whole stem.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from kosent.text.openkorean.hangul import coda_number, compose, decompose

# Codas that a vowel takes on: 갑, 갔, 갈, 간, 감.
_CODAS = "ㅂㅆㄹㄴㅁ"
_CODAS_BUT_PAST = "ㅂㄹㄴㅁ"

# Syllables that follow the stem.
_COMMON = "게겠고구기긴길네다더던도든면자잖재져죠지진질"
_AFTER_A = "야서써도준"
_EO, _A, _WO, _YEO = "어었", "아았", "워웠", "여였"
_N = "노느니냐"
_NEUN = "는"
_RYEO = "러려며"
_EU, _EUN, _UN = "으", "은", "운"
_RESPECT = "세시실신셔습셨십"
_AFTER_VOWEL = _COMMON + _N + _RYEO + _RESPECT

# More likely to be an adjective's than the verb's that they would also be a form of.
_NOT_VERBS = frozenset({"아니", "입", "입니", "나는"})


def forms(stem: str, adjective: bool) -> set[str]:
    """Return all forms of one stem (a word of the dictionary, without its 다)."""
    last = stem[-1]
    conjugated = {stem[:-1] + tail for tail in tails(last, adjective, len(stem) == 1)}
    conjugated.update(_doubled(stem))
    return conjugated if adjective else conjugated - _NOT_VERBS


def all_forms(stems: Iterable[str], adjective: bool) -> set[str]:
    """Return all forms of all stems."""
    conjugated: set[str] = set()
    for stem in stems:
        rest = stem[:-1]
        conjugated.update([rest + tail for tail in tails(stem[-1], adjective, not rest)])
        if stem[-1] == "르":
            conjugated.update(_doubled(stem))
    return conjugated if adjective else conjugated - _NOT_VERBS


def _doubled(stem: str) -> list[str]:
    """Return the forms of 고르다 that are spelled with ㄹㄹ: 골라, 골랐."""
    if stem[-1] != "르" or coda_number(stem[-2]):
        return []
    onset, vowel, _ = decompose(stem[-2])
    start = stem[:-2] + compose(onset, vowel, "ㄹ")
    return [start + tail for tail in tails("르", False, False)]


@cache
def tails(last: str, adjective: bool, alone: bool) -> tuple[str, ...]:
    """Return what may stand instead of a stem's last syllable.

    Args:
        last: The last syllable of the stem.
        adjective: Whether the stem is an adjective's.
        alone: Whether the syllable is the whole stem.
    """
    onset, vowel, coda = decompose(last)
    if last == "하":
        endings = _ha_tails(adjective)
    elif coda == " ":
        endings = _open_tails(last, onset, vowel)
    elif coda in "ㄷㅂ":
        endings = _softened_tails(last, onset, vowel, coda, adjective)
    else:
        endings = _closed_tails(last, onset, vowel, coda, adjective)
    if endings:
        return tuple(endings)
    if alone or (adjective and coda == "ㅆ"):  # 있다, 컸다
        return (*_follow(last, _COMMON + _EO + _A + _N + _EU + _EUN + _NEUN), last)
    return (last,)  # 얻어먹다: the endings follow as words of their own


def _follow(syllable: str, followers: str) -> list[str]:
    return [syllable + follower for follower in followers]


def _with_codas(onset: str, vowel: str, codas: str) -> list[str]:
    return [compose(onset, vowel, coda) for coda in codas]


def _open_tails(last: str, onset: str, vowel: str) -> list[str]:
    """Stems that end in a vowel."""
    n = _follow(last, _N + _NEUN)
    most = [*_with_codas(onset, vowel, _CODAS_BUT_PAST), last]
    match vowel:
        case "ㅗ":  # 쏘다
            contracted = _with_codas(onset, "ㅘ", " ㅆ")
            return [*_follow(last, _AFTER_VOWEL + _A), *n, *most, *contracted]
        case "ㅜ":  # 맞추다
            contracted = _with_codas(onset, "ㅝ", " ㅆ")
            return [*_follow(last, _AFTER_VOWEL + _EO), *n, *most, *contracted]
        case "ㅡ":  # 치르다, 모으다
            contracted = [s for v in "ㅝㅓㅏ" for s in _with_codas(onset, v, " ㅆ")]
            return [*n, *most, *contracted]
        case "ㅟ" if onset == "ㄱ":  # 사귀다
            return [*n, *most, *_with_codas(onset, "ㅕ", " ㅆ")]
        case "ㅟ":  # 쥐다
            return [*n, *most]
        case "ㅣ":  # 마시다
            contracted = _with_codas(onset, "ㅕ", " ㅆ")
            return [*_follow(last, _EO), *n, *most, compose(onset, vowel, "ㅂ") + "니", *contracted]
        case "ㅞ" | "ㅚ" | "ㅙ":  # 꿰다
            return [*n, *_with_codas(onset, vowel, _CODAS), last]
    return [  # 켜다, 세다, 차다
        *_with_codas(onset, vowel, _CODAS),
        *_follow(last, _AFTER_VOWEL + _AFTER_A),
        *n,
        last,
    ]


def _ha_tails(adjective: bool) -> list[str]:
    return [
        *_follow("하", _AFTER_VOWEL + _YEO + _NEUN),
        *_follow("해", _AFTER_A),
        *_with_codas("ㅎ", "ㅏ", _CODAS_BUT_PAST),
        "했",
        "해",
        *("히하" if adjective else ""),
    ]


def _softened_tails(last: str, onset: str, vowel: str, coda: str, adjective: bool) -> list[str]:
    """Stems that end in ㄷ or ㅂ, which vowels change; none where the stem stays as it is."""
    bare = compose(onset, vowel)
    n = _follow(last, _N + _NEUN)
    match coda, vowel:
        case "ㄷ", "ㅜ" if onset == "ㅁ":  # 묻다
            return [*n, "물", last]
        case "ㄷ", "ㅜ":  # 붇다
            softened = compose(onset, vowel, "ㄹ")
            return [*n, *_follow(bare, _EO + _WO + _EU + _EUN), softened, last]
        case "ㅂ", "ㅜ":  # 눕다
            return [*n, *_follow(bare, _WO + _EU + _EUN), last]
        case "ㅂ", _ if adjective:  # 덥다, and 갑작스럽다 with its 갑작스런
            short = [compose(onset, vowel, "ㄴ")] if vowel == "ㅓ" else []
            return [*_follow(bare, _WO + _UN), bare, *short, last]
    return []


def _closed_tails(last: str, onset: str, vowel: str, coda: str, adjective: bool) -> list[str]:
    """Stems that end in another consonant; none where the stem stays as it is."""
    bare = compose(onset, vowel)
    n = _follow(last, _N + _NEUN)
    match coda:
        case "ㄹ" if vowel in "ㅡㅏㅜ" or (onset, vowel) == ("ㅁ", "ㅓ"):  # 만들다, 알다
            return [
                *_follow(last, _EO + _RYEO),
                *_follow(bare, _N + _NEUN + _RESPECT),
                *_with_codas(onset, vowel, "ㄻㄴ"),
                last,
            ]
        case "ㅅ" if vowel == "ㅏ":  # 낫다
            return [*n, *_follow(bare, _EU + _EUN), last]
        case "ㅎ" if vowel == "ㅗ":  # 놓다
            return [*n, *_with_codas(onset, vowel, _CODAS), compose(onset, "ㅘ"), bare, last]
        case "ㅎ" if adjective:  # 파랗다
            changed = _with_codas(onset, "ㅐ", "ㅆㄹㅁ ")
            return [*_with_codas(onset, vowel, _CODAS), *changed, bare, last]
    return []
