"""The user's own words: the file, what is refused, and what Okt makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kosent.errors import DataError, UsageError
from kosent.text.tokenizers import Okt, TokenizerState, restore
from kosent.text.tokenizers.okt.dictionary import check_words, read_words


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "words.txt"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_file_of_words(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "\ufeff# 우리말\n갤럭시탭\tNoun\n\n  꿀잼  \r\n대박 Exclamation\n갤럭시탭 Noun\n".encode()
        + "가".encode()
        + "\u1112\u1161\u11ab Noun".encode(),
    )
    assert read_words(path) == {
        "갤럭시탭": "Noun",
        "꿀잼": "Noun",
        "대박": "Exclamation",
        "가한": "Noun",
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("꿀잼 Noun\n갤럭시S Noun", "line 2 .* a word must be 1 to 8 Hangul syllables: '갤럭시S'"),
        ("아홉음절이나되는낱말 Noun", "line 1 .* 1 to 8 Hangul"),
        ("ㅋㅋ Noun", "line 1 "),
        ("\n꿀잼 Nuon", "line 2 .* unknown part of speech 'Nuon'. Did you mean 'Noun'"),
        ("쩐다 Adjective", "line 1 .* unknown part of speech"),
        ("꿀잼 Hashtag", "line 1 .* unknown part of speech"),
        ("꿀 잼 Noun", "line 1 .* expected a word and its tag"),
        ("꿀잼 Noun\n꿀잼 Adverb", "line 2 .* has two tags: Noun, Adverb"),
        ("꿀잼 Noun\n꿀\u3000".encode() + b"\xb2\xdc", "line 2 .* is not UTF-8"),
        ("", "no word"),
        ("# 꿀잼", "no word"),
    ],
)
def test_what_is_refused(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(DataError, match=message) as raised:
        read_words(written(tmp_path, content))
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot read the user dictionary"):
        read_words(tmp_path / "words.txt")


@pytest.mark.parametrize(
    "words", ["words.txt", ["꿀잼"], {"꿀 잼": "Noun"}, {"꿀잼": None}, {1: 2}]
)
def test_words_that_are_none(words: object) -> None:
    with pytest.raises(UsageError):
        check_words(words)  # type: ignore[arg-type]


WORDS = {"갤럭시탭": "Noun", "넷플릭": "Noun", "쌔끈히": "Adverb"}
TEXT = "넷플릭이랑갤럭시탭으로 봤는데 쌔끈히"


@pytest.fixture(scope="module")
def okt() -> Okt:
    return Okt(user_dictionary=WORDS, join=True)


def test_words_come_out_as_one_token(okt: Okt) -> None:
    (tokens,) = okt([TEXT])
    assert {f"{word}/{tag}" for word, tag in WORDS.items()} <= set(tokens)
    assert "".join(token.rpartition("/")[0] for token in tokens) == TEXT.replace(" ", "")


def test_nobody_else_meets_them(okt: Okt) -> None:
    without = Okt(join=True)([TEXT])
    assert okt([TEXT]) != without
    assert Okt(join=True)([TEXT]) == without


def test_they_travel_with_the_tokenizer(okt: Okt) -> None:
    state = okt.state()
    assert state.settings["user_dictionary"] == WORDS
    again = restore(TokenizerState("okt", json.loads(json.dumps(state.settings))))
    assert again.state() == state
    assert again([TEXT]) == okt([TEXT])


@pytest.mark.slow
@pytest.mark.parametrize("stem", [False, True])
def test_java_reads_them_the_same_way(in_java: Any, stem: bool) -> None:
    texts = [TEXT, "넷플릭에서갤럭시탭까지", "탭갤럭시탭탭", "넷플릭스넷플릭", "쌔끈히쌔끈하다"]
    settings = {"user_dictionary": WORDS, "join": True, "stem": stem}
    assert in_java.okt(texts, **settings) == Okt(**settings)(texts)  # type: ignore[arg-type]
