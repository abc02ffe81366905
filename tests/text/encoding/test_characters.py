"""Ids of many texts of characters at once."""

from __future__ import annotations

from itertools import chain, product
from typing import Any

import numpy as np
import pytest

from kosent.text import TextEncoder
from kosent.text.cleaning import MANY
from kosent.text.encoding import base
from kosent.text.encoding.encoded import EncodedTexts

TEXTS = ["정말 재밌다", "", "  ", "별로 ㅠㅠ 😂", "Ẁ", "\U0010ffff 가", "아주 길고 긴 글이다 " * 9]
MIXED = [TEXTS[row % len(TEXTS)] for row in range(MANY + 5)]
SETTINGS: list[dict[str, Any]] = [
    {"truncate": truncate, "drop_unknown": drop}
    for truncate, drop in product(["post", "pre"], [False, True])
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("tokenizer", ["character", "jamo"])
def test_many_texts_get_the_ids_that_each_gets_alone(
    tokenizer: str, settings: dict[str, Any]
) -> None:
    encoder = TextEncoder(tokenizer, max_length=12, vocabulary_size=12, **settings).fit(TEXTS)
    together = encoder.encode_noted(MIXED)
    alone = [encoder.encode_noted([text]) for text in MIXED]
    assert together.texts.ids.tolist() == list(chain(*(each.texts.ids.tolist() for each in alone)))
    assert together.texts.lengths.tolist() == [len(each.texts.ids) for each in alone]
    assert together.blank == [row for row, each in enumerate(alone) if each.blank]
    assert together.cut == [row for row, each in enumerate(alone) if each.cut]
    assert (together.texts.ids.dtype, together.texts.offsets.dtype) == (np.int32, np.int64)


def test_texts_too_long_for_one_array_get_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = TextEncoder("character", max_length=12).fit(TEXTS)
    at_once = encoder.encode(MIXED)
    monkeypatch.setattr(base, "_MOST_AT_ONCE", 100)
    monkeypatch.setattr(EncodedTexts, "trimmed", None)  # of the array, if it came to be
    assert encoder.encode(MIXED).ids.tolist() == at_once.ids.tolist()
