"""One contract for every row of the table of tokenizers."""

from __future__ import annotations

import pickle
import re
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kosent.text.cleaning import clean
from kosent.text.encoding.encoder import TextEncoder
from kosent.text.tokenizers import TOKENIZERS, Tokenizer, make, restore
from kosent.text.unicode import replace_surrogates
from kosent.text.vocabulary import UNKNOWN_ID

Variant = tuple[str, dict[str, Any]]

TEXTS = [
    "재미있을 줄 알았는데 완전 실망했다. 너무 졸리고 돈이 아까웠다",
    "배우들 연기 ㄷㄷ;; 스토리는 ㅠㅠ 별3.5개",
    "최고😂😂 👨‍👩‍👧 ❤️ 1️⃣ ㅋㅋㅋㅋㅋ",
    "이것도 되나욬ㅋㅋ  MARVEL fan's choice!!",
    "보는내내지루하고하품만나와서중간에나왔습니다",
    "",
    " \t\n",
    "\0 \ud800 \u200b \ufffd",
    "漢字 ñandú 한국어 العربية",
]
# Every row of the table with its defaults, and settings beside them that hold to all of it.
LOSSLESS: list[Variant] = [
    *((name, {}) for name in TOKENIZERS),
    ("character", {"spaces": True}),
    ("jamo", {"spaces": False}),
    ("character", {"spaces": True, "edges": True}),
    ("jamo", {"edges": True}),
    ("sentencepiece", {"model": "bpe"}),
    ("sentencepiece", {"alpha": 0.2}),  # draws for training, never here
]
# Settings that change or drop letters on purpose: exempt from "nothing is lost", and from nothing
# else.
LOSSY: list[Variant] = [
    ("whitespace", {"max_chars": 2}),
    ("okt", {"norm": True}),
    ("okt", {"stem": True}),
    ("kiwi", {"surface": False}),  # dictionary forms
]
# Kiwi takes 48 µs for each syllable of a run of these, 16 s for a megabyte, and Okt 7 µs for each
# letter of what may be an address: they get an eighth.
SLOW = {"kiwi": ("가나다", "가나다 ", "영화"), "okt": ("a.",)}
MEGABYTE = 1_000_000
# Seconds: fresh memory for the tokens of a megabyte takes that; a square would take minutes.
SLACK = 0.01
# Packages that are not installed with kosent.
OPTIONAL = {"kiwi": ("kiwipiepy", "pip install 'kosent[kiwi]'")}
# Lone surrogates, but no halves that could meet when white space between them is dropped.
FREE = (
    st.text(st.characters())
    | st.text(
        st.sampled_from("가나ㅋㅠaA1.!😂\ufe0f\u200d\u0301ᄀ\u1161 \n\t\0\ud83d▁<>\u2028\u3000")
    )
).map(lambda text: re.sub("[\udc00-\udfff]", "\ud800", text))


def shown(variant: Variant) -> str:
    name, chosen = variant
    return " ".join([name, *(f"{key}={value}" for key, value in chosen.items())])


@cache
def fitted(name: str, *chosen: tuple[str, Any]) -> Tokenizer:
    settings: dict[str, Any] = {"vocabulary_size": 400} if name == "sentencepiece" else {}
    return make(name, **settings, **dict(chosen)).fit(TEXTS * 3)


def built(variant: Variant) -> Tokenizer:
    name, chosen = variant
    package, command = OPTIONAL.get(name, ("kosent", ""))
    if find_spec(package) is None:
        pytest.skip(f"the optional package {package} is not installed: {command}")
    return fitted(name, *chosen.items())


@pytest.fixture(params=LOSSLESS + LOSSY, ids=shown)
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    return built(request.param)


@pytest.fixture(params=LOSSLESS, ids=shown)
def lossless(request: pytest.FixtureRequest) -> Tokenizer:
    return built(request.param)


def joined(tokenizer: Tokenizer, tokens: list[str]) -> str:
    """Put the tokens of a text together again, white space aside."""
    decode = getattr(tokenizer, "decode", "".join)
    return "".join(decode(tokens).split())


def same_letters(restored: str, text: str) -> bool:
    """Compare a text with what was put together again, white space and composition aside.

    ``▁`` is SentencePiece's space. Two letters may meet where a space was dropped, so both sides
    are composed.
    """
    sides = (replace_surrogates(side).replace("▁", "") for side in (restored, text))
    first, second = (unicodedata.normalize("NFC", "".join(side.split())) for side in sides)
    return first == second


def test_order_and_count_are_kept(tokenizer: Tokenizer) -> None:
    texts = [TEXTS[place] for place in (3, 0, 5, 3, 1)]
    results = tokenizer(texts)
    assert len(results) == 5
    assert results[0] == results[3] == tokenizer([TEXTS[3]])[0]
    assert results[1] == tokenizer([TEXTS[0]])[0]
    assert tokenizer([]) == []


def test_a_batch_equals_one_by_one(tokenizer: Tokenizer) -> None:
    assert tokenizer(TEXTS) == [tokenizer([text])[0] for text in TEXTS]


def test_deterministic(tokenizer: Tokenizer) -> None:
    assert tokenizer(TEXTS) == tokenizer(TEXTS)
    again = make(tokenizer.name, **tokenizer.state().settings).fit(TEXTS * 3)
    assert again(TEXTS) == tokenizer(TEXTS)


def test_tokens_are_strings_and_never_empty(tokenizer: Tokenizer) -> None:
    for tokens in tokenizer(TEXTS):
        assert isinstance(tokens, list)
        assert all(isinstance(token, str) and token for token in tokens)


@pytest.mark.parametrize("text", ["", " ", "\n", " \t\r\n\u3000\xa0\u2028 "])
def test_empty_in_empty_out(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer([text]) == [[]]


def test_pickles(tokenizer: Tokenizer) -> None:
    tokenizer(TEXTS)  # engines are running now, and stay behind
    assert pickle.loads(pickle.dumps(tokenizer))(TEXTS) == tokenizer(TEXTS)  # noqa: S301


def test_restored_from_its_state(tokenizer: Tokenizer) -> None:
    again = restore(tokenizer.state())
    assert type(again) is type(tokenizer)
    assert again.state() == tokenizer.state()
    assert again.pieces() == tokenizer.pieces()
    assert again(TEXTS) == tokenizer(TEXTS)


def test_threads(tokenizer: Tokenizer) -> None:
    fresh = restore(tokenizer.state())  # so that they also race to start the engine
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(fresh, [TEXTS] * 16))
    assert results == [tokenizer(TEXTS)] * 16


def test_pieces_are_a_closed_vocabulary(tokenizer: Tokenizer) -> None:
    pieces = tokenizer.pieces()
    if pieces is None:
        return
    assert len(pieces) == len(set(pieces))
    assert {token for tokens in tokenizer(TEXTS) for token in tokens} <= set(pieces[2:])


ANYTHING = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    deadline=None,
)


@ANYTHING
@given(text=FREE)
def test_nothing_but_white_space_is_lost(lossless: Tokenizer, text: str) -> None:
    """No syllable, no letter of one, no emoji: whatever the text."""
    (tokens,) = lossless([text])
    assert all(tokens)
    assert same_letters(joined(lossless, tokens), text)


@ANYTHING
@given(text=FREE)
def test_any_text_gives_tokens(tokenizer: Tokenizer, text: str) -> None:
    (tokens,) = tokenizer([text])
    assert all(isinstance(token, str) and token for token in tokens)
    assert bool(tokens) or not text.split() or tokenizer.name == "okt"


@ANYTHING
@given(texts=st.lists(FREE, max_size=5))
def test_neighbours_do_not_matter(tokenizer: Tokenizer, texts: list[str]) -> None:
    assert tokenizer(texts) == [tokenizer([text])[0] for text in texts]


def test_many_at_once_equal_one_by_one(tokenizer: Tokenizer) -> None:
    """Engines may take another way for a large batch."""
    texts = [f"{text} {number}" for number in range(8) for text in TEXTS]
    assert tokenizer(texts) == [tokenizer([text])[0] for text in texts]


def test_every_kind_of_letter_is_kept(lossless: Tokenizer) -> None:
    """All syllables, jamo of both blocks, emoji with all that belongs to them."""
    syllables = "".join(map(chr, range(0xAC00, 0xD7A4, 7)))
    letters = "".join(map(chr, [*range(0x3131, 0x318F), *range(0x1100, 0x1200)]))
    emoji = "😂 👍🏽 👨‍👩‍👧 ❤️‍🔥 1️⃣ 🇰🇷 ☆ ♡ →"
    parts = [syllables[start : start + 40] for start in range(0, len(syllables), 40)]
    for text in [*parts, " ".join(letters), emoji, "ㅋㅋㅋ ㅠㅠ ㅇㅈ 가ㅋ각ㄱ"]:
        (tokens,) = lossless([clean(text, "none")])
        assert same_letters(joined(lossless, tokens), clean(text, "none"))


def test_composed_and_decomposed_text_give_equal_ids(tokenizer: Tokenizer) -> None:
    encoder = TextEncoder(tokenizer).fit(TEXTS)
    texts = [text for text in TEXTS if "\ud800" not in text]
    decomposed = [unicodedata.normalize("NFD", text) for text in texts]
    assert decomposed != texts
    assert encoder(decomposed).tolist() == encoder(texts).tolist()
    assert [encoder.tokens(text) for text in decomposed] == [encoder.tokens(t) for t in texts]


def test_the_encoder_makes_an_empty_text_unknown(tokenizer: Tokenizer) -> None:
    encoder = TextEncoder(tokenizer).fit(TEXTS)
    assert encoder.encode(["", " \n"]).ids.tolist() == [UNKNOWN_ID, UNKNOWN_ID]


def test_ids_of_its_own_are_those_of_its_tokens(tokenizer: Tokenizer) -> None:
    encoder = TextEncoder(tokenizer, cleaning="none").fit(TEXTS)
    own = encoder.tokenizer.ids(TEXTS)
    if own is not None:
        assert own == [encoder.vocabulary.ids(tokens) for tokens in encoder.tokenizer(TEXTS)]


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["가나다 ", "영화", "ㅋ", "a.", "😂", "1", "\n", "\0"])
def test_time_grows_with_length(
    tokenizer: Tokenizer, unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice the text takes at most 2.5 times as long, from an eighth of the largest size on.

    Of each size the best of up to six runs counts, in CPU time of this thread: a busy machine
    makes a run longer, never shorter. Work in other processes would not count.
    """
    monkeypatch.setattr("kosent.text.tokenizers.okt.python.processors", lambda: 1)
    largest = units_in_the_largest(tokenizer, unit)
    texts = [unit * (largest // part) for part in (8, 4, 2, 1)]
    best = [float("inf")] * len(texts)
    for _ in range(6):
        best = [
            min(before, seconds(tokenizer, text)) for before, text in zip(best, texts, strict=True)
        ]
        steps = pairwise(best)
        if all(double <= 2.5 * single + SLACK for single, double in steps):
            return
    pytest.fail(f"seconds for doubled lengths: {best}")


def units_in_the_largest(tokenizer: Tokenizer, unit: str) -> int:
    return int(MEGABYTE * share(tokenizer, unit)) // len(unit.encode())


def share(tokenizer: Tokenizer, unit: str) -> float:
    return 1 / 8 if unit in SLOW.get(tokenizer.name, ()) else 1


def seconds(tokenizer: Tokenizer, text: str) -> float:
    fresh = restore(tokenizer.state())  # with nothing remembered
    fresh(["시작"])
    start = time.thread_time()
    fresh([text])
    return time.thread_time() - start


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["재밌는 영화 ", "가나다", "😂", "x"])
def test_a_megabyte(lossless: Tokenizer, unit: str) -> None:
    text = unit * units_in_the_largest(lossless, unit)
    start = time.thread_time()
    (tokens,) = lossless([text])
    assert time.thread_time() - start < 10 * min(1, 4 * share(lossless, unit))
    assert joined(lossless, tokens) == "".join(text.split())


@pytest.mark.parametrize("make_texts", [tuple, iter, lambda texts: (text for text in texts)])
def test_learning_from_any_iterable(
    tokenizer: Tokenizer, make_texts: Callable[[list[str]], Any]
) -> None:
    settings = tokenizer.state().settings
    again = make(tokenizer.name, **settings).fit(make_texts(TEXTS * 3))
    assert again(TEXTS) == tokenizer(TEXTS)
