"""The reader's language from the environment, and lines that hold both."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from kosent.language import Message, language, said

VARIABLES = ("KOSENT_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "ko"),
        *(({"LANG": name}, "ko") for name in ("", "C", "POSIX", "C.UTF-8", "C.utf8")),
        *(({"LANG": name}, "ko") for name in ("ko", "ko_KR.UTF-8", "ko_KR@x", "korean", "ko_KP")),
        *(({"LANG": name}, "en") for name in ("en_US.UTF-8", "en", "de_DE", "fr_FR@euro")),
        *(({"LANG": name}, "en") for name in ("kok_IN", "csb_PL", "co_FR", "unheard-of")),
        ({"LC_MESSAGES": "en_GB.UTF-8", "LANG": "ko_KR.UTF-8"}, "en"),
        ({"LC_MESSAGES": "", "LANG": "en_GB.UTF-8"}, "en"),
        ({"LC_ALL": "ko_KR.UTF-8", "LC_MESSAGES": "en_GB.UTF-8", "LANG": "de_DE.UTF-8"}, "ko"),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, "ko"),
        ({"LC_CTYPE": "en_US.UTF-8", "LANGUAGE": "en"}, "ko"),
        ({"KOSENT_LANG": "en", "LC_ALL": "ko_KR.UTF-8"}, "en"),
        ({"KOSENT_LANG": "ko", "LC_ALL": "en_US.UTF-8"}, "ko"),
        ({"KOSENT_LANG": "both", "LC_ALL": "en_US.UTF-8"}, "both"),
        ({"KOSENT_LANG": " EN "}, "en"),
        ({"KOSENT_LANG": "ko-KR", "LANG": "en_US.UTF-8"}, "ko"),
        ({"KOSENT_LANG": " ", "LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "both"}, "en"),
    ],
)
def test_the_environment_chooses(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language() == expected


@pytest.mark.parametrize(
    ("chosen", "line", "page"),
    [
        ("ko", "가", "가\n나"),
        ("en", "a", "b"),
        ("both", "가 / a", "가\n나\n\nb"),
    ],
)
def test_one_of_the_two_or_both(
    chosen: str, line: str, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOSENT_LANG", chosen)
    assert said("가", "a") == Message("가", "a").said == line
    assert said("가\n나", "b") == page


@pytest.mark.parametrize(
    "again",
    [lambda it: pickle.loads(pickle.dumps(it)), copy.copy, copy.deepcopy],  # noqa: S301
)
def test_a_message_is_a_line_that_keeps_both(again) -> None:
    message = again(Message("가\n나", "a\nb"))
    assert message == "가 나 / a b"
    assert (type(message), message.korean, message.english) == (Message, "가 나", "a b")
    assert json.loads(json.dumps([message])) == ["가 나 / a b"]


def test_a_language_that_is_decided_goes_before_the_readers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KOSENT_LANG", "en")
    assert [said("글", "text", each) for each in ("ko", "en", "both")] == [
        "글",
        "text",
        "글 / text",
    ]
    assert said("글", "text", None) == "text"
