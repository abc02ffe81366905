"""What the contract of all tokenizers leaves open."""

from __future__ import annotations

import pytest

from kosent.errors import UsageError
from kosent.text.tokenizers import Whitespace, restore
from kosent.text.tokenizers.whitespace import START


def test_words_are_cut_and_started() -> None:
    assert Whitespace(max_chars=2)(["재미있을 줄"]) == [["재미", "줄"]]
    started = Whitespace(max_chars=2, start=True)
    assert started(["재미있을 줄", ""]) == [[START, "재미", "줄"], [START]]
    assert restore(started.state())(["재미있을"]) == [[START, "재미"]]


def test_no_word_equals_the_start() -> None:
    assert START not in Whitespace()([f"a{START}b {START}"])[0]


def test_start_is_a_switch() -> None:
    with pytest.raises(UsageError, match="start must be"):
        Whitespace(start=1)  # type: ignore[arg-type]
