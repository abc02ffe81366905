"""What becomes of a text, stage by stage: the same as what the encoder does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.errors import DataError, UsageError
from kosent.text import Cleaner, TextEncoder
from kosent.text.encoding.stages import Change, explain_encoding, explain_text
from kosent.text.tokenizers import SentencePiece, Whitespace

TEXTS = ["정말 재밌는 영화 ㅋㅋㅋ", "정말 지루한 영화 ..", "연기가 좋았다 !!"]


@pytest.fixture(scope="module", params=["whitespace", "jamo", "sentencepiece"])
def encoder(request: pytest.FixtureRequest) -> TextEncoder:
    size = 300 if request.param == "sentencepiece" else 40
    return TextEncoder(request.param, vocabulary_size=size, max_length=6).fit(TEXTS * 4)


def test_by_hand() -> None:
    encoder = TextEncoder("whitespace", max_length=4, cleaning_options={"urls": True}).fit(TEXTS)
    stages = explain_encoding("정말 ＯＫ http://a.kr ㅋㅋㅋㅋㅋ\u200b 끝 ＯＫ", encoder)
    assert stages.changes == (
        Change("invisible", "정말 ＯＫ http://a.kr ㅋㅋㅋㅋㅋ 끝 ＯＫ"),
        Change("urls", "정말 ＯＫ xurl ㅋㅋㅋㅋㅋ 끝 ＯＫ"),
        Change("lower", "정말 ｏｋ xurl ㅋㅋㅋㅋㅋ 끝 ｏｋ"),
        Change("repeats", "정말 ｏｋ xurl ㅋㅋㅋ 끝 ｏｋ"),
    )
    assert stages.cleaned == "정말 ｏｋ xurl ㅋㅋㅋ 끝 ｏｋ"
    assert stages.tokens == ("정말", "ｏｋ", "xurl", "ㅋㅋㅋ", "끝", "ｏｋ")
    assert stages.cut == ("끝", "ｏｋ")
    assert stages.unknown == ("ｏｋ", "xurl")
    assert [number == 1 for number in stages.ids or ()] == [False, True, True, False]
    assert (stages.raw_unread, stages.cleaned_unread) == (0, 0)
    assert stages.to_dict()["cut"] == ["끝", "ｏｋ"]


@given(
    text=st.text(st.characters(), max_size=40)
    | st.text(st.sampled_from("정말영화ㅋ 😂!.\0\ud800\u200bA"), max_size=40)
)
def test_it_is_what_the_encoder_does(encoder: TextEncoder, text: str) -> None:
    stages = explain_encoding(text, encoder)
    assert list(stages.ids or ()) == encoder.encode([text]).ids.tolist()
    assert list(stages.tokens[:6]) == encoder.tokens(text)
    assert stages.cleaned == encoder.cleaner(text)
    if stages.changes:
        assert stages.changes[-1].text == stages.cleaned
    else:
        assert stages.cleaned == text
    known = set(encoder.vocabulary.entries[2:])
    assert set(stages.unknown) == set(stages.tokens[:6]) - known


def test_what_is_not_looked_at(encoder: TextEncoder) -> None:
    stages = explain_encoding("가나 " * 10_000, encoder)
    assert stages.raw_unread == 30_000 - 8 * 32 * 6
    assert stages.cleaned_unread > 0
    assert len(stages.cleaned) == 32 * 6
    assert list(stages.ids or ()) == encoder.encode(["가나 " * 10_000]).ids.tolist()


def test_without_a_vocabulary() -> None:
    stages = explain_text(
        "ㅋㅋㅋㅋㅋ 각", tokenizer="jamo", cleaner=Cleaner(options={"repeats": 1})
    )
    assert stages.tokens == ("ㅋ", " ", "\u1100", "\u1161", "\u11a8")
    assert (stages.ids, stages.max_length, stages.unknown, stages.cut) == (None, None, (), ())
    fitted = SentencePiece(vocabulary_size=300).fit(TEXTS * 4)
    assert explain_text("정말", tokenizer=fitted).tokens == tuple(fitted(["정말"])[0])
    assert explain_text("A!", tokenizer=Whitespace()).tokens == ("a", "!")


def test_what_cannot_be_shown() -> None:
    with pytest.raises(UsageError, match="has to learn first"):
        explain_text("글", tokenizer="sentencepiece")
    with pytest.raises(UsageError, match="call fit first"):
        explain_encoding("글", TextEncoder())
    with pytest.raises(DataError, match="not a string"):
        explain_text(3)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="unknown tokenizer"):
        explain_text("글", tokenizer="jamos")


def test_what_truncation_from_the_front_and_dropping_leave() -> None:
    encoder = TextEncoder(
        "whitespace", max_length=2, truncate="pre", drop_unknown=True, vocabulary_size=6
    )
    encoder.fit(["하나 둘 셋 넷", "하나 둘 셋 넷"])
    stages = explain_encoding("하나 둘 다섯 셋 넷", encoder)
    assert stages.unknown == ("다섯",)
    assert stages.ids is not None
    assert encoder.vocabulary.tokens(stages.ids) == ["셋", "넷"]
    assert stages.cut == ("하나", "둘", "다섯")
    plain = TextEncoder("whitespace", max_length=2, truncate="pre").fit(["하나 둘"])
    assert explain_encoding("하나 둘 셋 넷 둘", plain).unknown == ("넷",)
