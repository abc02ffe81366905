"""The one door from text to ids."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.corpora import load_corpus
from kosent.errors import DataError, UsageError
from kosent.text.encoding.encoder import TextEncoder, covering_length
from kosent.text.tokenizers import SentencePiece, Tokenizer, Whitespace
from kosent.text.vocabulary import PADDING_ID, UNKNOWN_ID

TEXTS = [
    "정말 재밌는 영화 ㅋㅋㅋㅋㅋ",
    "정말 지루한 영화..",
    "연기가 정말 좋았다!!",
    "😂😂",
    "돈이 아깝다 ㅠㅠ 정말",
]
NAMES = ["whitespace", "character", "sentencepiece"]  # okt: tests/contracts
FREE = st.text(st.characters()) | st.text(st.sampled_from("정말영화ㅋ 😂!.\0\ud800\u200b"))


@pytest.fixture(scope="module", params=NAMES)
def fitted(request: pytest.FixtureRequest) -> TextEncoder:
    return TextEncoder(request.param).fit(TEXTS * 4)


class Counting(Tokenizer):
    """Splits at white space and remembers what it was given."""

    name = "counting"

    def __init__(self) -> None:
        self.seen: list[str] = []

    def split(self, texts: Any) -> list[list[str]]:
        self.seen += texts
        return [text.split() for text in texts]


# --- learning -----------------------------------------------------------------------------------


def test_ids_by_hand() -> None:
    encoder = TextEncoder("whitespace", max_length=4)
    encoded = encoder.fit_encode(["나 가 나 다", "가 나!", ""])
    # counts: 나 3, 가 2, then ! and 다 with one each, in the order of code points
    assert encoder.vocabulary.entries == ("<pad>", "<unk>", "나", "가", "!", "다")
    assert encoded.pad().tolist() == [[2, 3, 2, 5], [3, 2, 4, 0], [1, 0, 0, 0]]
    assert encoder(["다 라 다", "가 나 다 가 나 다"]).tolist() == [[5, 1, 5, 0], [3, 2, 5, 3]]


@pytest.mark.parametrize("name", NAMES)
def test_what_fitting_encodes_is_what_encoding_gives(name: str) -> None:
    texts = [*TEXTS, "", "\0", "아주 " * 600, "가" * 20_000, "x" * 40 + " y" * 400]
    encoder = TextEncoder(name)
    encoded = encoder.fit_encode(texts)
    again = encoder.encode(texts)
    assert encoded.ids.tolist() == again.ids.tolist()
    assert encoded.offsets.tolist() == again.offsets.tolist()
    assert encoded.ids.dtype == again.ids.dtype == np.int32


def test_each_text_is_tokenized_once() -> None:
    tokenizer = Counting()
    TextEncoder(tokenizer).fit_encode(TEXTS)
    assert len(tokenizer.seen) == len(TEXTS)


def test_a_tokenizer_that_does_not_learn_sees_a_stream() -> None:
    def stream() -> Iterator[str]:
        for number in range(10_000):
            assert len(tokenizer.seen) > number - 5000  # never the whole corpus in memory
            yield f"글 {number}"

    tokenizer = Counting()
    assert len(TextEncoder(tokenizer).fit_encode(stream())) == 10_000


def test_limits_of_the_vocabulary() -> None:
    assert len(TextEncoder("whitespace", vocabulary_size=4).fit(TEXTS).vocabulary) == 4
    frequent = TextEncoder("whitespace", min_count=2).fit(TEXTS).vocabulary
    assert frequent.entries[2:] == ("정말", "영화")


def test_a_tokenizer_with_a_vocabulary_of_its_own() -> None:
    encoder = TextEncoder("sentencepiece", vocabulary_size=310).fit(TEXTS * 4)
    assert encoder.tokenizer.pieces() == list(encoder.vocabulary.entries)
    assert len(encoder.vocabulary) <= 310
    assert encoder.encode(["처음 보는 글자 쀍"]).unknown_share() == 0


def test_an_object_that_learns_is_copied() -> None:
    """Two encoders with the same object must not change each other."""
    shared = SentencePiece(vocabulary_size=300)
    first = TextEncoder(shared).fit(TEXTS * 4)
    before = first(TEXTS).tolist()
    TextEncoder(shared).fit(["전혀 다른 말뭉치입니다"] * 9)
    assert first(TEXTS).tolist() == before
    with pytest.raises(UsageError, match="call fit first"):
        shared(["글"])


def test_options_of_a_tokenizer_given_by_name() -> None:
    encoder = TextEncoder("whitespace", tokenizer_options={"max_chars": 2}).fit(["재미있는 영화가"])
    assert encoder.tokens("재미있는 영화가") == ["재미", "영화"]
    bpe = TextEncoder("sentencepiece", vocabulary_size=300, tokenizer_options={"model": "bpe"})
    assert bpe.tokenizer.state().settings["model"] == "bpe"
    assert bpe.tokenizer.state().settings["vocabulary_size"] == 300
    with pytest.raises(UsageError, match="given by name"):
        TextEncoder(Whitespace(), tokenizer_options={"max_chars": 2})


# --- length -------------------------------------------------------------------------------------


def test_learned_length_covers_99_percent() -> None:
    texts = ["하나 둘 셋"] * 99 + ["말 " * 50]
    assert TextEncoder("whitespace").fit(texts).max_length_ == 3
    assert TextEncoder("whitespace").fit([*texts, "말 " * 50]).max_length_ == 50
    assert TextEncoder("whitespace").fit(["말 " * 5000]).max_length_ == 512
    assert TextEncoder("whitespace").fit([""]).max_length_ == 1


@given(st.lists(st.integers(1, 900), min_size=1, max_size=300))
def test_learned_length_is_the_smallest(lengths: list[int]) -> None:
    learned = covering_length(np.array(lengths))
    assert learned == 512 or sum(length <= learned for length in lengths) >= 0.99 * len(lengths)
    if learned > 1:
        assert sum(length <= learned - 1 for length in lengths) < 0.99 * len(lengths)


def test_truncation_and_padding() -> None:
    encoder = TextEncoder("whitespace", max_length=3).fit(["가 나 다 라"])
    ids = encoder(["가 나 다 라", "라"])
    assert ids.dtype == np.int32
    assert ids.shape == (2, 3)
    assert ids[0].tolist() == encoder.vocabulary.ids(["가", "나", "다"])
    assert ids[1, 1:].tolist() == [PADDING_ID] * 2
    assert encoder(["가 나 다 라"], length=2).shape == (1, 2)
    assert encoder(["가"], length=6).shape == (1, 6)
    assert encoder([]).shape == (0, 3)


def test_only_the_beginning_of_a_text_is_looked_at() -> None:
    encoder = TextEncoder(tokenizer := Counting(), cleaning="none", max_length=2).fit(["가"])
    tokenizer.seen.clear()
    encoder(["가 " * 1000])
    assert [len(text) for text in tokenizer.seen] == [64]


# --- one door -----------------------------------------------------------------------------------


def test_a_text_without_tokens_is_one_unknown(fitted: TextEncoder) -> None:
    for text in ["", " \n", "\0", "\u200b\ufeff", "\u3164"]:
        assert fitted.encode([text]).ids.tolist() == [UNKNOWN_ID]
    source = TextEncoder("whitespace", cleaning="source").fit(TEXTS)
    assert source.encode(["ㅋㅋㅋ", "😂", "~^^"]).pad().tolist() == [[UNKNOWN_ID]] * 3


def test_tokens_are_what_the_ids_stand_for(fitted: TextEncoder) -> None:
    for text in TEXTS:
        ids = fitted.encode([text]).ids
        assert fitted.vocabulary.tokens(ids.tolist()) == fitted.tokens(text)
    assert fitted.tokens("") == []


def test_feeling_is_kept(fitted: TextEncoder) -> None:
    """Jamo, emoji and punctuation reach the network, each as something of its own."""
    rows = {tuple(row) for row in fitted(["ㅋㅋㅋ", "ㅠㅠ", "😂😂", "!!", "영화"]).tolist()}
    assert len(rows) == 5


def test_decomposed_text_is_the_same_text(fitted: TextEncoder) -> None:
    decomposed = [unicodedata.normalize("NFD", text) for text in TEXTS]
    assert decomposed != TEXTS
    assert fitted(decomposed).tolist() == fitted(TEXTS).tolist()


@given(texts=st.lists(FREE, min_size=1, max_size=6))
def test_any_text_becomes_ids(fitted: TextEncoder, texts: list[str]) -> None:
    encoded = fitted.encode(texts)
    assert len(encoded) == len(texts)
    assert ((encoded.lengths >= 1) & (encoded.lengths <= fitted.max_length_)).all()
    assert ((encoded.ids >= UNKNOWN_ID) & (encoded.ids < len(fitted.vocabulary))).all()
    alone = np.concatenate([fitted([text]) for text in texts])
    assert alone.tolist() == fitted(texts).tolist()


@pytest.mark.parametrize(
    "unit", ["재밌는 영화 ", "가나다", "ㅋ", "😂", "\0", "a\u0301\u0323", "a."]
)
def test_a_megabyte_costs_little(fitted: TextEncoder, unit: str) -> None:
    text = unit * (1_000_000 // len(unit.encode()))
    start = time.perf_counter()
    assert 1 <= len(fitted.encode([text]).ids) <= fitted.max_length_
    assert time.perf_counter() - start < 5  # 0.02 s alone


# --- what may arrive ----------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [None, float("nan"), 3, b"bytes", ["list"], pd.NA])
def test_what_is_not_a_text_is_named_by_its_row(fitted: TextEncoder, bad: object) -> None:
    texts: list[Any] = ["글"] * 5000 + [bad]
    for use in (fitted.encode, TextEncoder("whitespace").fit):
        with pytest.raises(DataError, match="text number 5001 is not a string"):
            use(texts)


def test_a_message_stays_on_one_short_line(fitted: TextEncoder) -> None:
    with pytest.raises(DataError) as raised:
        fitted.encode([["\n" * 10_000]])  # type: ignore[list-item]
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 400


@pytest.mark.parametrize("use", ["fit", "encode", "__call__"])
def test_a_single_text_is_refused(fitted: TextEncoder, use: str) -> None:
    """Its characters would silently pass as texts."""
    with pytest.raises(UsageError, match="a list of texts"):
        getattr(copy.deepcopy(fitted), use)("문장 하나")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("texts", [[], np.array([], dtype=object)])
def test_nothing_to_learn_from(name: str, texts: Any) -> None:
    with pytest.raises(DataError, match="no text to learn from"):
        TextEncoder(name).fit(texts)


@pytest.mark.parametrize("wrap", [tuple, np.array, pd.Series, iter, lambda t: np.array(t, object)])
def test_texts_in_any_container(fitted: TextEncoder, wrap: Any) -> None:
    assert fitted.encode(wrap(TEXTS)).ids.tolist() == fitted.encode(TEXTS).ids.tolist()
    assert TextEncoder("whitespace").fit_encode(wrap(TEXTS)).pad().tolist() == (
        TextEncoder("whitespace").fit_encode(TEXTS).pad().tolist()
    )


@pytest.mark.parametrize("use", [lambda e: e.encode(["글"]), lambda e: e.tokens("글"),
                                 lambda e: e.vocabulary, lambda e: e.files()])  # fmt: skip
def test_not_fitted(use: Any) -> None:
    with pytest.raises(UsageError, match="call fit first"):
        use(TextEncoder())


@pytest.mark.parametrize(
    "arguments",
    [
        {"tokenizer": "sentencepeice"},
        {"tokenizer": 3},
        {"cleaning": "koraen"},
        {"vocabulary_size": 1},
        {"vocabulary_size": "16000"},
        {"vocabulary_size": 100},  # too few for SentencePiece's 256 bytes
        {"min_count": 0},
        {"max_length": 0},
        {"max_length": 2.5},
        {"tokenizer": "okt", "tokenizer_options": {"max_chars": 5}},
    ],
)
def test_impossible_arguments(arguments: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        TextEncoder(**arguments)


def test_progress_counts_texts() -> None:
    calls: list[tuple[int, int | None]] = []
    encoder = TextEncoder("whitespace")
    encoder.fit_encode(["글"] * 5000, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(4096, 5000), (5000, 5000)]
    calls.clear()
    encoder.encode(iter(["글"] * 3), progress=lambda done, total: calls.append((done, total)))
    assert calls == [(3, None)]


# --- kept and brought back ----------------------------------------------------------------------


def test_pickled_and_copied(fitted: TextEncoder) -> None:
    for again in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted)):  # noqa: S301
        assert again(TEXTS).tolist() == fitted(TEXTS).tolist()


FRESH = """
import sys
from pathlib import Path
from kosent.text.encoding.encoder import TextEncoder
folder = Path(sys.argv[1])
encoder = TextEncoder.from_files({path.name: path.read_bytes() for path in folder.iterdir()})
texts = sys.stdin.buffer.read().decode().split("\\n")
print(encoder(texts).tolist())
print(sorted({"tensorflow", "keras", "pandas", "sklearn", "jpype"} & set(sys.modules)))
"""


@pytest.mark.slow
def test_the_same_ids_in_a_fresh_process(fitted: TextEncoder, tmp_path: Path) -> None:
    for name, data in fitted.files().items():
        (tmp_path / name).write_bytes(data)
    texts = [*TEXTS, "처음 보는 글 qwerty", "", unicodedata.normalize("NFD", "각하")]
    done = subprocess.run(
        [sys.executable, "-c", FRESH, str(tmp_path)],
        input="\n".join(texts).encode(),
        capture_output=True,
        check=True,
    )
    ids, heavy = done.stdout.decode().splitlines()
    assert ids == str(fitted(texts).tolist())
    assert heavy == "[]"


# --- drawing for training -----------------------------------------------------------------------


def test_a_sample_is_decided_by_its_seed_alone() -> None:
    # Real sentences, so that two draws cannot be equal by chance: a handful of short texts has so
    # few segmentations that draws of some seeds are the same on some machines.
    many = load_corpus("sample").train.texts[:300]
    texts = [*TEXTS, "", "아주 " * 3000, *many]
    options = {"alpha": 0.2, "vocabulary_size": 600}
    encoder = TextEncoder("sentencepiece", tokenizer_options=options).fit(many)
    assert sum(len(piece) > 2 for piece in encoder.tokenizer.pieces()[258:]) > 30
    before = encoder.encode(texts).ids.tolist()
    epochs = [encoder.sample(texts, (5, epoch)).ids.tolist() for epoch in (0, 1, 0)]
    assert epochs[0] == epochs[2] != epochs[1]
    again = TextEncoder.from_files(encoder.files())
    assert again.sample(texts, (5, 1)).ids.tolist() == epochs[1]
    assert encoder.encode(texts).ids.tolist() == before
    drawn = encoder.sample(texts, (5, 3))
    assert len(drawn) == len(texts)
    assert ((drawn.lengths >= 1) & (drawn.lengths <= encoder.max_length_)).all()
    rows = np.split(drawn.ids, drawn.offsets[1:-1])
    assert rows[5].tolist() == [UNKNOWN_ID]
    pieces = encoder.vocabulary.tokens(rows[0].tolist())
    whole = encoder.cleaner(texts[0])
    assert whole.startswith(encoder.tokenizer.decode(pieces))  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_sampled_where_it_was_not_asked_for(name: str) -> None:
    encoder = TextEncoder(name).fit(TEXTS * 4)
    with pytest.raises(UsageError, match="does not draw"):
        encoder.sample(TEXTS, (1, 0))


LONG = "하나 둘 셋 넷 다섯"


def test_truncation_keeps_the_end_where_asked() -> None:
    encoder = TextEncoder("whitespace", max_length=2, truncate="pre")
    learned = encoder.fit_encode([LONG, "하나 둘"])
    assert learned.pad().tolist() == encoder.encode([LONG, "하나 둘"]).pad().tolist()
    assert encoder.tokens(LONG) == ["넷", "다섯"]
    assert encoder.vocabulary.tokens(encoder.encode([LONG]).ids.tolist()) == ["넷", "다섯"]
    assert encoder.vocabulary.tokens(encoder([LONG], length=1)[0]) == ["다섯"]
    # The first cuts, at characters, keep the end too.
    assert encoder.tokens("하나 " * 10_000 + "넷 다섯") == ["넷", "다섯"]


def test_unknown_tokens_are_dropped_where_asked() -> None:
    encoder = TextEncoder("whitespace", vocabulary_size=4, max_length=2, drop_unknown=True)
    texts = ["가 나 가 다 가 나", "다 라", "나 다 다 나 가", ""]
    learned = encoder.fit_encode(texts)
    assert encoder.vocabulary.entries[2:] == ("가", "나")
    # Dropped before truncation: the third text has "나 나 가" left.
    assert learned.pad().tolist() == [[2, 3], [1, 0], [3, 3], [1, 0]]
    assert encoder.encode(texts).pad().tolist() == learned.pad().tolist()
    assert encoder.tokens("다 나 다 가 나") == ["나", "가"]


@pytest.mark.parametrize("given", [{"truncate": "middle"}, {"drop_unknown": 1}])
def test_wrong_choices(given: dict[str, Any]) -> None:
    (name,) = given
    with pytest.raises(UsageError, match=f"{name} must be"):
        TextEncoder("whitespace", **given)


# --- remarks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("drop_unknown", [False, True])
@pytest.mark.parametrize("truncate", ["post", "pre"])
def test_what_is_blank_or_cut_is_noted(drop_unknown: bool, truncate: str) -> None:
    encoder = TextEncoder(
        "whitespace", max_length=3, drop_unknown=drop_unknown, truncate=truncate
    ).fit(["가 나 다 라"])
    unbroken = "".join(chr(ord("가") + number) for number in range(97))  # 32 letters a token
    blank = ["", " \t\n\u200b"]
    texts = ["가 나 다", "가 나 다 라", *blank, "뷁", "가 나 다 뷁", unbroken, unbroken[:90]]
    noted = encoder.encode_noted(texts)
    assert noted.blank == [row for row, text in enumerate(texts) if not encoder.cleaner(text)]
    assert noted.blank[:2] == [2, 3]
    assert noted.cut == ([1, 6] if drop_unknown else [1, 5, 6])
    encoded = encoder.encode(texts)
    assert np.array_equal(noted.texts.ids, encoded.ids)
    assert np.array_equal(noted.texts.offsets, encoded.offsets)


def test_rows_are_counted_over_chunks(fitted: TextEncoder) -> None:
    texts = ["정말"] * 5000 + [""] + ["정말 " * 600]
    noted = fitted.encode_noted(texts)
    assert (noted.blank, noted.cut) == ([5000], [5001])
