"""Noises: what each does by hand, and what holds of all."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.errors import UsageError
from kosent.text.noise import NOISES, noised, perturb
from kosent.text.noise.keyboard import keystrokes, slips, write
from kosent.text.noise.kinds import EMOJI
from kosent.text.unicode import to_nfc

REVIEWS = [
    "정말 재미있다 ㅋㅋ  또 보고 싶네요",
    "  별로였음ㅠㅠ 돈이\u3000아깝다\n",
    "값을 못 하는 영화. 뷁",
    "ok movie 10/10",
]
TEXTS = st.lists(
    st.text(st.characters(exclude_categories=()))  # lone surrogates included
    | st.text("가각밌뷁휴 \t\u3000ㅋㅠㅘa😀\ud83d\ude00\u1100\u1161\u0301")
)
each = pytest.mark.parametrize("name", NOISES)


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("spaces_removed", "정말 재미 \t 있다", "정말재미있다"),
        ("spaces_removed", " 정말\u3000재밌다\n", " 정말재밌다\n"),
        ("spaces_removed", " ", " "),
        ("spaces_added", "재미있다, ok 음ㅋㅋ", "재 미 있 다, ok 음ㅋㅋ"),
        ("jamo", "재밌다 값ㅋ!", "ㅈㅐㅁㅣㅆㄷㅏ ㄱㅏㅄㅋ!"),
        ("jamo", "과뷁", "ㄱㅘㅂㅞㄺ"),
        ("finals_dropped", "재밌다 값을ㅋ an", "재미다 가으ㅋ an"),
        ("typos", "ㅋㅋ an 10", "ㅋㅋ an 10"),
    ],
)
def test_every_place_hit(name: str, before: str, after: str) -> None:
    assert perturb(name, [before], 1.0) == [after]


def test_stretched_runs_get_one_to_ten_letters() -> None:
    text = "재밌다ㅋㅋㅋㅠ ㅎ ㄷㄷ!!"
    found = {perturb("stretched", [text], 1.0, seed)[0] for seed in range(300)}
    lengths: set[int] = set()
    for each in found:
        match = re.fullmatch("재밌다(ㅋ+)(ㅠ+) (ㅎ+) ㄷㄷ!!", each)
        assert match is not None, each
        lengths.add(len(match[1]))
    assert lengths == set(range(4, 14))


def test_emoji_stand_at_the_end_one_to_three_times() -> None:
    added = {perturb("emoji", ["재밌다"], 1.0, seed)[0] for seed in range(2000)}
    assert added == {"재밌다" + each * times for each in EMOJI for times in (1, 2, 3)}


def test_a_typo_is_one_wrong_key() -> None:
    keys = [keystrokes("밌"), keystrokes("휴")]
    for text, typed in zip("밌휴", keys, strict=True):
        expected = {
            write(typed[:at] + slip + typed[at + 1 :])
            for at in range(len(typed))
            for slip in slips(typed[at])
        }
        assert {perturb("typos", [text], 1.0, seed)[0] for seed in range(1000)} == expected
    assert "ㅎㅍ" in expected


def test_a_typo_changes_the_syllable_before() -> None:
    found = {perturb("typos", ["긴 한시도"], 0.3, seed)[0] for seed in range(3000)}
    assert "긴 하뇨ㅣ도" in found  # ㅅ became ㅛ, which takes ㄴ
    assert all(text[1] == " " or text[2] == " " for text in found)


def test_pinned() -> None:
    """A saved run is repeated by its seed: what it draws never changes."""
    found = {name: perturb(name, REVIEWS[:1], 0.5, 7)[0] for name in NOISES}
    assert found == {
        "spaces_removed": "정말재미있다 ㅋㅋ  또 보고싶네요",
        "spaces_added": "정 말 재미있다 ㅋㅋ  또 보고 싶네 요",
        "stretched": "정말 재미있다 ㅋㅋ  또 보고 싶네요",
        "jamo": "ㅈㅓㅇㅁㅏㄹ 재미있ㄷㅏ ㅋㅋ  ㄸㅗ 보ㄱㅗ 싶ㄴㅔ요",
        "typos": "졍잘 재미있디 ㅋㅋ  ㄸㅎ 보규 싶니요",
        "finals_dropped": "저마 재미있다 ㅋㅋ  또 보고 싶네요",
        "emoji": "정말 재미있다 ㅋㅋ  또 보고 싶네요",
    }
    assert noised(REVIEWS[:3], (6, 1), 1.0) == [
        "정말 재미있다 ㅋㅋ  또 보고 싶네요😢",
        "  별로였음ㅠㅠ돈이아깝다\n",
        "값을 못 하는 영호ㅓ. 뷁",
    ]
    assert noised(REVIEWS[:3], (14, 1), 1.0)[0] == "정말 재미있다 ㅋㅋ  또 보ㄱㅗ ㅅㅣㅍ네요"


@each
def test_rates(name: str) -> None:
    texts = [f"{number} 정말 재미있을 것만 같았던 ㅋㅋ 영화다" for number in range(2000)]
    hits = {rate: perturb(name, texts, rate, 3) for rate in (0.1, 1.0)}
    changed = {
        rate: sum(a != b for a, b in zip(out, texts, strict=True)) for rate, out in hits.items()
    }
    assert changed[1.0] == 2000
    places = {"spaces_removed": 6, "spaces_added": 9, "stretched": 1, "emoji": 1}
    places |= {"jamo": 14, "typos": 14, "finals_dropped": 10}
    expected = 2000 * (1 - 0.9 ** places[name])
    assert abs(changed[0.1] - expected) < 90  # four standard deviations at most


@each
@given(texts=TEXTS, seed=st.integers(0, 2**70))
def test_what_holds_of_all(name: str, texts: list[str], seed: int) -> None:
    out = perturb(name, texts, 0.5, seed)
    assert len(out) == len(texts)
    assert [bool(text) for text in out] == [bool(text) for text in texts]
    assert all(after.strip() for after, text in zip(out, texts, strict=True) if text.strip())
    assert out == [perturb(name, [text], 0.5, seed)[0] for text in texts]  # whatever is beside it
    assert perturb(name, texts, 0.0, seed) == texts
    for before, after in zip(texts, out, strict=True):
        if re.search("[가-힣ㄱ-ㅣ]", to_nfc(before)) is None:  # other scripts keep their letters
            letters, kept = "".join(after.split()), "".join(to_nfc(before).split())
            assert letters.startswith(kept) if name == "emoji" else letters == kept


@given(texts=TEXTS, seed=st.integers(0, 9))
def test_a_mixture(texts: list[str], seed: int) -> None:
    out = noised(texts, seed)
    assert len(out) == len(texts)
    assert [bool(text) for text in out] == [bool(text) for text in texts]
    assert out == [noised([text], seed)[0] for text in texts]
    assert noised(texts, seed, 0.0) == texts


def test_a_mixture_has_all_noises_by_their_weights() -> None:
    texts = [f"{number} 정말 재미있을 것만 같았던 ㅋㅋ 영화다" for number in range(6000)]
    out = noised(texts, (3, 1), 0.6)
    assert abs(sum(a is b for a, b in zip(out, texts, strict=True)) - 2400) < 150
    assert abs(sum(" " not in text for text in out) - 1800) < 140
    for found in (
        [any(each in text for each in EMOJI) for text in out],
        ["ㅋㅋㅋ" in text for text in out],
    ):
        assert abs(sum(found) - 300) < 70
    assert {text[-1] for text in out} > set(EMOJI)
    assert out != noised(texts, (3, 2), 0.6)


def test_a_decomposed_text_is_composed() -> None:
    assert perturb("finals_dropped", ["\u1112\u1161\u11ab"], 1.0) == ["하"]


@each
def test_linear_time(name: str) -> None:
    """200,000 characters take half a second at most, and would take minutes if copied for each."""
    for unit in ("뷁", " ", "ㅋ", "가 "):
        started = time.process_time()
        perturb(name, [unit * (200_000 // len(unit))], 1.0)
        assert time.process_time() - started < 10


def test_refusals() -> None:
    with pytest.raises(UsageError, match="Did you mean 'typos'"):
        perturb("typo", REVIEWS)
    for rate in (-0.1, 1.1, float("nan"), 1):
        with pytest.raises(UsageError, match="rate must be a float"):
            perturb("typos", REVIEWS, rate)
    for seed in (-1, (0, -1), 0.5, True):
        with pytest.raises(UsageError, match="seed must be"):
            perturb("typos", REVIEWS, seed=seed)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="share must be"):
        noised(REVIEWS, 0, 2.0)
