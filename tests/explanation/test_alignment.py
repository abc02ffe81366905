"""Which part each token comes from."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kosent.explanation.alignment import NOBODY, owners
from kosent.explanation.parts import layout
from kosent.text.encoding.encoder import TextEncoder
from kosent.text.tokenizers.base import Tokenizer

CORPUS = ["영화가 정말 재밌다!! ㅋㅋ", "don't go, it is not good"]


def owned(text: str, **settings: object) -> list[tuple[str, int]]:
    encoder = TextEncoder(**settings)  # type: ignore[arg-type]
    encoder.fit_encode(CORPUS)
    tokens = encoder.tokens(text)
    return list(zip(tokens, owners(encoder, layout(text, 99, grouped=False), tokens), strict=True))


def test_characters_and_the_spaces_between() -> None:
    found = owned(
        "ㅋㅋㅋㅋㅋ 좋다!",
        tokenizer="character",
        tokenizer_options={"spaces": True, "edges": True},
    )
    expected = [
        *[(" ", NOBODY), ("ㅋ", 0), ("ㅋ", 0), ("ㅋ", 0), (" ", NOBODY)],
        *[("좋", 1), ("다", 1), (" ", NOBODY), ("!", 1), (" ", NOBODY)],
    ]
    assert found == expected


def test_a_decomposed_text() -> None:
    found = owned("\u1112\u1161\u11ab \u1100\u1161", tokenizer="jamo")
    assert [part for _, part in found] == [0, 0, 0, NOBODY, 1, 1]


def test_a_rule_of_english_that_splits_words() -> None:
    found = owned("I don't know", tokenizer="whitespace", cleaning="english")
    assert found == [("i", 0), ("do", 1), ("n't", 1), ("know", 2)]


def test_a_rule_that_spans_white_space() -> None:
    found = owned("좋다<br / >정말 재밌다", tokenizer="whitespace", cleaning="english")
    assert found[0] == ("좋다", 0)
    assert [part for _, part in found] == sorted(part for _, part in found)


@pytest.mark.parametrize(("truncate", "parts"), [("post", [0, 1]), ("pre", [1, 2])])
def test_a_text_that_is_cut(truncate: str, parts: list[int]) -> None:
    found = owned("좋다 좋다 좋다", tokenizer="whitespace", max_length=2, truncate=truncate)
    assert [part for _, part in found] == parts


class LooksAround(Tokenizer):
    """Writes down with each word the one before it, as no tokenizer of single words could."""

    name = "looks-around"

    def split(self, texts: Sequence[str]) -> list[list[str]]:
        return [
            [f"{before}+{word}" for before, word in zip(["", *text.split()], text.split())]  # noqa: B905
            for text in texts
        ]


def test_a_tokenizer_that_looks_around() -> None:
    assert [part for _, part in owned("가 나 다 라", tokenizer=LooksAround())] == [0, 1, 2, 3]


@pytest.mark.parametrize("tokenizer", ["character", "jamo", "whitespace"])
@pytest.mark.parametrize("text", ["", " ", "\u200b", "👍 \ud83d", "&amp; <br>"])
def test_odd_texts(tokenizer: str, text: str) -> None:
    for _, part in owned(text, tokenizer=tokenizer):
        assert part in range(NOBODY, len(layout(text, 99)))
