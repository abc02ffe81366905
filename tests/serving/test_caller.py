"""The language of who asks."""

from __future__ import annotations

import pytest

from kosent.serving.caller import spoken


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ko"),
        ("*", "ko"),
        ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", "ko"),
        ("en-US,en;q=0.9,ko;q=0.8", "en"),
        ("EN", "en"),
        ("fr-FR,fr;q=0.9", "en"),
        ("fr, ko;q=0.1", "ko"),
        ("fr, *;q=0.1", "ko"),
        ("ko;q=0, *", "en"),
        ("en;q=0", "en"),
        ("en;q=nonsense, ko;q=0.2", "ko"),
        ("en;q=nan", "en"),
        (";;;,,,;q=", "en"),
        ("\xff\x00" * 5000, "en"),
    ],
)
def test_the_preferred_of_the_two_is_spoken(header: str, language: str) -> None:
    assert spoken(header) == language
