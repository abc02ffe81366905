"""The table of what ``auto`` tried, in the reader's language."""

from __future__ import annotations

from typing import Any

import pytest

from kosent_cli.auto_table import tried_lines


def tried(name: str, **rest: Any) -> dict[str, Any]:
    figures = {
        "macro_f1": 0.8125,
        "accuracy": 0.825,
        "low": 0.75,
        "high": 0.875,
        "loss": 0.25,
        "seconds": 12.34,
        "size": 4_200_000,
        "speed": 12_345.6,
        "weight": 0.0,
        "failure": None,
    }
    return {"name": name, "title": [f"{name} 모델", f"model {name}"], **figures, **rest}


def info(**rest: Any) -> dict[str, Any]:
    found = {
        "facts": {"rows": 1234, "classes": 3, "rarest": 56, "length": 21.6},
        "folds": 5,
        "limits": {"minutes": None, "size": 20.0, "speed": 5000.0},
        "tried": [
            tried("characters", weight=0.75),
            tried("letters"),
            tried(
                "pieces-network",
                macro_f1=None,
                loss=None,
                failure=["시간이 모자람", "out of time"],
            ),
        ],
    }
    return {"auto": found | rest}


def lines(monkeypatch: pytest.MonkeyPatch, language: str, **rest: Any) -> list[str]:
    monkeypatch.setenv("KOSENT_LANG", language)
    return tried_lines(info(**rest))


def test_a_network_that_was_named_has_no_table() -> None:
    assert tried_lines({"parameters": {}}) == []


def test_in_korean(monkeypatch: pytest.MonkeyPatch) -> None:
    title, head, *rows, _, why, _ = lines(monkeypatch, "ko")
    assert title.startswith("글 1,234개, 라벨 3개(가장 드문 것 56개), 평균 22자; 5겹으로")
    assert "정확도" in head
    assert "characters 모델" in rows[0]
    assert "pieces-network 모델: 시간이 모자람" in rows[2]
    assert why.startswith("남긴 것: characters.")


def test_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    title, head, *rows, _, why, _ = lines(monkeypatch, "en", folds=1)
    assert title.endswith("22 characters on average; judged by texts held out")
    assert [word for word in head.split() if word.isascii()] == head.split()
    assert "model characters" in rows[0]
    for figure in ("0.8125", "0.8250", "0.750-0.875", "0.250", "12.3", "4.2", "12,346", "0.750"):
        assert figure in rows[0]
    assert "0.750 " not in rows[1].replace("0.750-0.875", "")
    assert "out of time" in rows[2]
    assert "0.8125" not in rows[2]
    assert why == (
        "kept: characters: together they have the least loss on texts held out, within 20 MB and "
        "at 5,000 texts a second"
    )


@pytest.mark.parametrize(
    ("folds", "language", "said"),
    [
        (1, "ko", "이어진 채 떼어 둔 글로 판단"),
        (1, "en", "judged by texts held out in blocks"),
        (5, "ko", "이어진 글끼리 5겹으로 판단"),
        (5, "en", "judged by 5 folds of texts that follow each other"),
    ],
)
def test_blocks_are_said(
    monkeypatch: pytest.MonkeyPatch, folds: int, language: str, said: str
) -> None:
    title, *_ = lines(monkeypatch, language, folds=folds, validation="blocks")
    assert title.endswith(said)
