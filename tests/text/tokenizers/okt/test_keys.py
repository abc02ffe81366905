"""What is remembered of one setting is never given for another; what the user adds counts."""

from __future__ import annotations

from typing import Any

import pytest

from kosent.text.tokenizers import make

SETTINGS: dict[str, Any] = {
    "norm": True,
    "stem": True,
    "join": True,
    "tags": ("Noun",),
    "user_dictionary": {"뷁쉙": "Noun"},
}
OF_ANALYSES = {"norm", "stem", "user_dictionary"}  # the others only render what is analysed


def keys(**settings: Any) -> tuple[str, str]:
    """Return those of the analyses and of the tokens."""
    tokenizer: Any = make("okt", **settings)
    found: tuple[str, str] = tokenizer._memory._make_keys()
    return found


@pytest.mark.parametrize("name", SETTINGS)
def test_each_setting_has_keys_of_its_own(name: str) -> None:
    analyses, tokens = keys()
    changed_analyses, changed_tokens = keys(**{name: SETTINGS[name]})
    assert tokens != changed_tokens
    assert (analyses != changed_analyses) is (name in OF_ANALYSES)


def test_all_settings_are_looked_at() -> None:
    assert {*SETTINGS, "engine"} == set(make("okt").setting_names())
    assert keys() == keys()


@pytest.mark.parametrize("many", [1, 3])
def test_a_word_of_the_users_is_a_token(many: int) -> None:
    texts = ["아버지가방에 들어간다"] * many
    assert all("아버지가방" not in found for found in make("okt").split(texts))
    taught = make("okt", user_dictionary={"아버지가방": "Noun"})
    assert all("아버지가방" in found for found in taught.split(texts))


def test_stems_and_mended_spelling_after_others() -> None:
    """In one process, where all is remembered."""
    assert make("okt").split(["재밌었다"]) != make("okt", stem=True).split(["재밌었다"])
    assert make("okt").split(["안됔ㅋㅋ"]) != make("okt", norm=True).split(["안됔ㅋㅋ"])
