"""One contract for every row of the table of tokenizers."""

from __future__ import annotations

import pickle
import re
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kosent.text.encoder import TextEncoder
from kosent.text.tokenizers import TOKENIZERS, Tokenizer, make, restore
from kosent.text.unicode import replace_surrogates

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
# Settings beside the defaults that must hold to the contract; those that drop something on
# purpose (max_chars, norm, stem) are tested where they are defined.
VARIANTS: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in TOKENIZERS),
    ("character", {"spaces": True}),
    ("sentencepiece", {"model": "bpe"}),
]
# Lone surrogates, but no halves that could meet when white space between them is dropped.
FREE = (
    st.text(st.characters())
    | st.text(
        st.sampled_from("가나ㅋㅠaA1.!😂\ufe0f\u200d\u0301ᄀ\u1161 \n\t\0\ud83d▁<>\u2028\u3000")
    )
).map(lambda text: re.sub("[\udc00-\udfff]", "\ud800", text))


@pytest.fixture(scope="module", params=VARIANTS, ids=lambda variant: f"{variant[0]} {variant[1]}")
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    name, chosen = request.param
    if name == "sentencepiece":
        chosen = {"vocabulary_size": 400, **chosen}
    return make(name, **chosen).fit(TEXTS * 3)


def joined(tokenizer: Tokenizer, tokens: list[str]) -> str:
    """Put the tokens of a text together again, white space aside."""
    decode = getattr(tokenizer, "decode", "".join)
    return "".join(decode(tokens).split())


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


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(text=FREE)
def test_nothing_but_white_space_is_lost(tokenizer: Tokenizer, text: str) -> None:
    """No syllable, no letter of one, no emoji: whatever the text."""
    (tokens,) = tokenizer([text])
    assert all(tokens)
    restored = replace_surrogates(joined(tokenizer, tokens))
    expected = replace_surrogates("".join(text.split()))
    assert restored.replace("▁", "") == expected.replace("▁", "")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(texts=st.lists(FREE, max_size=5))
def test_neighbours_do_not_matter(tokenizer: Tokenizer, texts: list[str]) -> None:
    assert tokenizer(texts) == [tokenizer([text])[0] for text in texts]


def test_composed_and_decomposed_text_give_equal_ids(tokenizer: Tokenizer) -> None:
    encoder = TextEncoder(tokenizer).fit(TEXTS)
    texts = [text for text in TEXTS if "\ud800" not in text]
    decomposed = [unicodedata.normalize("NFD", text) for text in texts]
    assert decomposed != texts
    assert encoder(decomposed).tolist() == encoder(texts).tolist()


@pytest.mark.parametrize("unit", ["가나다 ", "영화", "ㅋ", "a.", "😂", "1", "\n", "\0"])
def test_time_grows_with_length(tokenizer: Tokenizer, unit: str) -> None:
    """8 times the text may take 24 times as long: a square would take 64."""

    def seconds(text: str) -> float:
        fresh = restore(state)  # with nothing remembered
        fresh(["시작"])
        start = time.thread_time()
        fresh([text])
        return time.thread_time() - start

    state = tokenizer.state()
    short = unit * (4000 // len(unit))
    times = [(seconds(short), seconds(short * 8)) for _ in range(3)]
    assert min(t[1] for t in times) < 24 * min(t[0] for t in times) + 0.005


@pytest.mark.parametrize("unit", ["재밌는 영화 ", "가나다", "😂", "x"])
def test_a_megabyte(tokenizer: Tokenizer, unit: str) -> None:
    text = unit * (1_000_000 // len(unit.encode()))
    start = time.perf_counter()
    (tokens,) = tokenizer([text])
    assert time.perf_counter() - start < 30
    assert joined(tokenizer, tokens) == "".join(text.split())


@pytest.mark.parametrize("make_texts", [tuple, iter, lambda texts: (text for text in texts)])
def test_learning_from_any_iterable(
    tokenizer: Tokenizer, make_texts: Callable[[list[str]], Any]
) -> None:
    settings = tokenizer.state().settings
    again = make(tokenizer.name, **settings).fit(make_texts(TEXTS * 3))
    assert again(TEXTS) == tokenizer(TEXTS)
