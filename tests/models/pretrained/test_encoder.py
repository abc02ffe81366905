"""The encoder in the package: small, of the network that it says, and better than nothing."""

from __future__ import annotations

import re

import numpy as np
import pytest

import kosent
from kosent.models.pretrained import pretrained_path

FILE = pretrained_path().with_name("encoder.kosent")
CARD = FILE.with_name("README.md").read_text("utf-8")
REVIEWS = ["배우들 연기가 정말 좋았던 영화", "지루해서 보다가 잤다 시간 아까움"]
COMMENTS = [
    "드라마 다음 회가 기다려지네요 작가님 힘내세요",
    "소속사는 대체 뭐하는 곳이냐 기자님 취재좀",
]


@pytest.fixture(scope="module")
def encoder() -> kosent.TextClassifier:
    found = kosent.load(FILE)
    assert isinstance(found, kosent.TextClassifier)
    return found


def test_its_size_is_what_the_card_says() -> None:
    assert FILE.stat().st_size <= 2_000_000
    assert f"| {FILE.stat().st_size:,} bytes, int8 |" in CARD


def test_it_is_a_recurrent_network_on_pieces(encoder: kosent.TextClassifier) -> None:
    design = encoder.trained_.design
    assert (design.name, design.vocabulary_size) == ("gru", 8000)
    assert design.options["pooling"] == "mean"
    assert encoder.encoder_.tokenizer.name == "sentencepiece"
    assert encoder.encoder_.cleaner.preset == "korean"


def test_it_tells_where_a_text_comes_from(encoder: kosent.TextClassifier) -> None:
    """What its last layer says; the figure of the card is that of the file."""
    assert encoder.classes_.tolist() == ["comment", "review"]
    assert encoder.predict(REVIEWS + COMMENTS).tolist() == ["review"] * 2 + ["comment"] * 2
    (figure,) = re.findall(r"\| 리뷰인가 댓글인가 / review or comment \| ([0-9.]+) \|", CARD)
    assert float(figure) == round(encoder.info_["validation"]["accuracy"], 4)


def test_any_text(encoder: kosent.TextClassifier) -> None:
    found = encoder.predict_proba(["", " ", "\ud800\0", "가" * 10_000, "qwerty"])
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
