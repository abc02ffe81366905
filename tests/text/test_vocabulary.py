"""Tokens to ids and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.errors import BundleError, UsageError
from kosent.text.vocabulary import PADDING_ID, SPECIALS, UNKNOWN_ID, Vocabulary

TOKENS = st.lists(
    st.text(st.characters(), min_size=1)
    | st.text(st.sampled_from("\\nru\n\r\u2028\x85\ud800d8é"), min_size=1),
    unique=True,
)


def test_order_is_count_then_code_point() -> None:
    counts = {"나": 2, "b": 5, "가": 2, "a": 5, "한번": 1}
    assert Vocabulary.from_counts(counts).entries == (*SPECIALS, "a", "b", "가", "나", "한번")
    assert Vocabulary.from_counts(dict(reversed(counts.items()))) == Vocabulary.from_counts(counts)


def test_size_counts_the_specials() -> None:
    counts = {"a": 3, "b": 2, "c": 1}
    assert Vocabulary.from_counts(counts, size=4).entries == (*SPECIALS, "a", "b")
    assert Vocabulary.from_counts(counts, size=2).entries == SPECIALS
    assert len(Vocabulary.from_counts(counts, size=100)) == 5


def test_minimum_count() -> None:
    vocabulary = Vocabulary.from_counts({"a": 3, "b": 2, "c": 1}, min_count=2)
    assert vocabulary.ids(["a", "b", "c"]) == [2, 3, UNKNOWN_ID]
    assert "b" in vocabulary
    assert "c" not in vocabulary


@pytest.mark.parametrize("limits", [{"size": 1}, {"size": True}, {"min_count": 0}, {"size": "9"}])
def test_impossible_limits(limits: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        Vocabulary.from_counts({"a": 1}, **limits)


def test_specials_are_never_found_by_name() -> None:
    vocabulary = Vocabulary(["재미", "<unk>", "<pad>"])
    assert vocabulary.ids(["<pad>", "<unk>", "없음", ""]) == [4, 3, UNKNOWN_ID, UNKNOWN_ID]
    assert Vocabulary(["재미"]).ids(["<pad>"]) == [UNKNOWN_ID]
    assert vocabulary.tokens([PADDING_ID, UNKNOWN_ID, 2]) == ["<pad>", "<unk>", "재미"]


def test_pieces_keep_their_ids() -> None:
    pieces = ["<pad>", "<unk>", "▁재", "밌"]
    vocabulary = Vocabulary.from_pieces(pieces)
    assert vocabulary.ids(["밌", "▁재"]) == [3, 2]
    assert list(vocabulary.entries) == pieces


def test_repeated_tokens_are_a_bug() -> None:
    with pytest.raises(ValueError, match="differ"):
        Vocabulary(["a", "a"])


@given(TOKENS)
def test_file_round_trip_is_exact(tokens: list[str]) -> None:
    vocabulary = Vocabulary(tokens)
    data = vocabulary.to_bytes()
    assert data.count(b"\n") == len(vocabulary)  # one token a line, whatever is in it
    assert Vocabulary.from_bytes(data, size=len(vocabulary)) == vocabulary


@given(TOKENS, st.integers(min_value=0))
def test_a_file_cut_short_is_refused(tokens: list[str], cut: int) -> None:
    data = Vocabulary(tokens).to_bytes()
    with pytest.raises(BundleError):
        Vocabulary.from_bytes(data[: cut % len(data)], size=len(tokens) + 2)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<pad>\n",
        b"<pad>\n<unk>\nabc",  # the last line is not whole
        b"<pad>\n<unk>\n\xff\xfe\n",
        b"<pad>\n<unk>\na\na\n",
        b"<pad>\n<unk>\n\\x\n",
        b"<pad>\n<unk>\na\\\n",
        b"<pad>\n<unk>\n\\ud8\n",
    ],
)
def test_damaged_files(data: bytes) -> None:
    with pytest.raises(BundleError, match=r"vocab\.txt"):
        Vocabulary.from_bytes(data)


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        vocabulary = Vocabulary.from_bytes(data)
    except BundleError:
        return
    assert Vocabulary.from_bytes(vocabulary.to_bytes()) == vocabulary
