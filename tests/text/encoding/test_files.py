"""A fitted encoder as files: exact, and refused when anything is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.errors import BundleError, UsageError
from kosent.text.encoding.encoder import TextEncoder
from kosent.text.tokenizers import Tokenizer

TEXTS = ["정말 재밌는 영화 ㅋㅋ", "연기가 별로..", "", "탭\\백슬래시"]
VARIANTS: list[dict[str, Any]] = [
    {"tokenizer": "whitespace"},
    {"tokenizer": "whitespace", "tokenizer_options": {"max_chars": 5}, "cleaning": "source"},
    {"tokenizer": "character", "max_length": 7, "min_count": 2, "vocabulary_size": 9},
    {"tokenizer": "sentencepiece", "vocabulary_size": 320},
    {"tokenizer": "sentencepiece", "tokenizer_options": {"model": "bpe"}, "cleaning": "none"},
    {"tokenizer": "whitespace", "max_length": 2, "truncate": "pre", "drop_unknown": True},
]


@pytest.fixture(scope="module", params=VARIANTS, ids=str)
def encoder(request: pytest.FixtureRequest) -> TextEncoder:
    return TextEncoder(**request.param).fit(TEXTS * 3)


@pytest.fixture(scope="module")
def words() -> dict[str, bytes]:
    return TextEncoder("whitespace").fit(TEXTS).files()


@pytest.fixture(scope="module")
def pieces() -> dict[str, bytes]:
    return TextEncoder("sentencepiece", vocabulary_size=320).fit(TEXTS * 3).files()


def test_round_trip(encoder: TextEncoder) -> None:
    files = encoder.files()
    again = TextEncoder.from_files(files)
    assert again.files() == files
    assert again.vocabulary == encoder.vocabulary
    assert again(TEXTS).tolist() == encoder(TEXTS).tolist()
    for name in (
        *("cleaning", "vocabulary_size", "min_count", "max_length", "max_length_"),
        *("truncate", "drop_unknown"),
    ):
        assert getattr(again, name) == getattr(encoder, name)


def test_fitting_twice_gives_the_same_files(encoder: TextEncoder) -> None:
    again = TextEncoder(
        encoder.tokenizer,
        cleaning=encoder.cleaning,
        vocabulary_size=encoder.vocabulary_size,
        min_count=encoder.min_count,
        max_length=encoder.max_length,
        truncate=encoder.truncate,
        drop_unknown=encoder.drop_unknown,
    )
    assert again.fit(TEXTS * 3).files() == encoder.files()


def test_which_files(words: dict[str, bytes], pieces: dict[str, bytes]) -> None:
    assert set(words) == {"encoder.json", "vocab.txt"}
    assert set(pieces) == {"encoder.json", "spm.model"}


def test_files_of_others_are_not_looked_at(words: dict[str, bytes]) -> None:
    TextEncoder.from_files({**words, "weights.safetensors": b"x"})


def test_okt_is_restored_without_java() -> None:
    """So that a bundle can be looked at on a machine that has none."""
    document = json.loads(TextEncoder("whitespace").fit(TEXTS).files()["encoder.json"])
    document["tokenizer"] = {"name": "okt", "settings": {"norm": True, "stem": True}, "files": []}
    files = TextEncoder("whitespace").fit(TEXTS).files()
    files["encoder.json"] = json.dumps(document).encode()
    settings = TextEncoder.from_files(files).tokenizer.state().settings
    assert settings["norm"] is settings["stem"] is True


def test_a_tokenizer_of_somebodys_own_cannot_be_saved() -> None:
    class Mine(Tokenizer):
        name = "mine"

        def split(self, texts: Any) -> list[list[str]]:
            return [text.split("/") for text in texts]

    encoder = TextEncoder(Mine()).fit(["가/나/다"])
    assert encoder.tokens("가/나/다") == ["가", "나", "다"]
    with pytest.raises(UsageError, match=r"of your own \(mine\) cannot be saved"):
        encoder.files()


@pytest.mark.parametrize("name", ["encoder.json", "vocab.txt"])
def test_a_missing_file(words: dict[str, bytes], name: str) -> None:
    files = {key: data for key, data in words.items() if key != name}
    with pytest.raises(BundleError, match=f"missing: {name}"):
        TextEncoder.from_files(files)


def test_a_missing_model(pieces: dict[str, bytes]) -> None:
    with pytest.raises(BundleError, match=r"missing: spm\.model"):
        TextEncoder.from_files({"encoder.json": pieces["encoder.json"]})


def test_a_vocabulary_one_line_short(words: dict[str, bytes]) -> None:
    shorter = b"".join(words["vocab.txt"].splitlines(keepends=True)[:-1])
    with pytest.raises(BundleError, match="lines instead of"):
        TextEncoder.from_files({**words, "vocab.txt": shorter})


def test_the_model_of_another_encoder(pieces: dict[str, bytes]) -> None:
    other = TextEncoder("sentencepiece", vocabulary_size=300).fit(["아주 작은 말뭉치"]).files()
    with pytest.raises(BundleError, match="entries instead of"):
        TextEncoder.from_files({**pieces, "spm.model": other["spm.model"]})


@pytest.mark.parametrize(
    "path", ["cleaning", "tokenizer", "tokenizer.name", "tokenizer.settings", "tokenizer.files",
             "vocabulary", "vocabulary.entries", "vocabulary.size_limit", "vocabulary.min_count",
             "max_length", "max_length.learned", "format"],
)  # fmt: skip
@pytest.mark.parametrize("value", [None, -1, "x", 1.5, True, [3], {"a": 1}, "absent"])
def test_wrong_values(words: dict[str, bytes], path: str, value: Any) -> None:
    document = json.loads(words["encoder.json"])
    section = document
    *folders, key = path.split(".")
    for folder in folders:
        section = section[folder]
    if value == "absent":
        del section[key]
    else:
        section[key] = value
    with pytest.raises(BundleError):
        TextEncoder.from_files({**words, "encoder.json": json.dumps(document).encode()})


@pytest.mark.parametrize("section", ["", "tokenizer", "vocabulary", "max_length"])
def test_unknown_keys(words: dict[str, bytes], section: str) -> None:
    document = json.loads(words["encoder.json"])
    (document[section] if section else document)["lowercase"] = True
    with pytest.raises(BundleError, match="lowercase"):
        TextEncoder.from_files({**words, "encoder.json": json.dumps(document).encode()})


def test_a_newer_format(words: dict[str, bytes]) -> None:
    document = {**json.loads(words["encoder.json"]), "format": 4, "new": 1}
    with pytest.raises(BundleError, match="upgrade kosent"):
        TextEncoder.from_files({**words, "encoder.json": json.dumps(document).encode()})


def test_asked_and_learned_length_must_agree(words: dict[str, bytes]) -> None:
    document = json.loads(words["encoder.json"])
    document["max_length"] = {"asked": 9, "learned": 3}
    with pytest.raises(BundleError, match=r"max_length\.learned"):
        TextEncoder.from_files({**words, "encoder.json": json.dumps(document).encode()})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b"{",
        b"[" * 100_000,
        b'{"format": 1}',
        b'{"format": ' + b"9" * 5000 + b"}",
    ],
    ids=lambda data: data[:20],
)
def test_not_json_of_ours(words: dict[str, bytes], data: bytes) -> None:
    with pytest.raises(BundleError, match=r"encoder\.json"):
        TextEncoder.from_files({**words, "encoder.json": data})


@given(
    name=st.sampled_from(["encoder.json", "vocab.txt"]),
    changes=st.lists(st.tuples(st.integers(0), st.integers(0, 255)), min_size=1, max_size=5),
)
def test_changed_bytes_are_refused_or_read(
    words: dict[str, bytes], name: str, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(words[name])
    for place, value in changes:
        data[place % len(data)] = value
    try:
        encoder = TextEncoder.from_files({**words, name: bytes(data)})
    except BundleError:
        return
    assert encoder.encode(TEXTS).ids.max() < len(encoder.vocabulary)


@pytest.mark.parametrize(("name", "value"), [("truncate", "both"), ("drop_unknown", 1)])
def test_choices_that_do_not_exist(name: str, value: Any) -> None:
    files = TextEncoder("whitespace", truncate="pre").fit(TEXTS).files()
    document = json.loads(files["encoder.json"])
    assert document["format"] == 3
    changed = json.dumps(document | {name: value}).encode()
    with pytest.raises(BundleError, match=f"{name} must be"):
        TextEncoder.from_files({**files, "encoder.json": changed})
