"""``kosent trace``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.cells import cell_len

SENTENCE = "재미있을 줄 알았는데 완전 실망했다. 너무 졸리고 돈이 아까웠다"


def test_json(kosent: Callable[..., Any], quick: Path) -> None:
    document = kosent("trace", "--json", SENTENCE).json
    words = SENTENCE.split()
    assert [step["prefix"] for step in document] == [
        " ".join(words[:end]) for end in range(1, len(words) + 1)
    ]
    for step in document:
        assert set(step["probabilities"]) == {"negative", "positive"}
        assert abs(sum(step["probabilities"].values()) - 1) < 1e-6


def test_table(kosent: Callable[..., Any], quick: Path) -> None:
    lines = kosent("trace", SENTENCE).out.splitlines()
    header, *rows = lines
    assert [row.split()[0] for row in rows] == SENTENCE.split()
    final = header.split()[-1]
    assert final in ("negative", "positive")
    shares = {cell_len(row.rpartition("0.")[0]) for row in rows}
    assert len(shares) == 1, "the columns stay straight under Hangul"
    for row in rows:
        _, negative, positive, bar = row.split()
        share = float({"negative": negative, "positive": positive}[final])
        assert len(bar) == 20
        assert abs(bar.count("█") - share * 20) <= 0.51


def test_prefixes_that_are_unsure(kosent: Callable[..., Any], quick: Path) -> None:
    for least in ("0", "1"):
        steps = kosent("trace", "--json", "--min-confidence", least, SENTENCE).json
        assert [step["label"] for step in steps] == [
            step["top"] if least == "0" else None for step in steps
        ]
        rows = kosent("trace", "--min-confidence", least, SENTENCE).out.splitlines()
        shown = [step["label"] or "모르겠음/unsure" for step in steps]
        assert [row.split()[-1] for row in rows[1:]] == shown


def test_texts_without_words(kosent: Callable[..., Any], quick: Path) -> None:
    for text in ("", "   ", "👍"):
        assert len(kosent("trace", "--json", "--", text).json) == 1


def test_a_text_too_long_to_follow(refused: Callable[..., str], quick: Path) -> None:
    assert "word by word" in refused(2, "trace", "좋다 " * 10_000)


def test_blank_and_long_texts_are_said(kosent: Callable[..., Any], quick: Path) -> None:
    assert "cleaning leaves nothing: 1" in kosent("trace", " ").err
    assert "longer than the model reads: 1" in kosent("trace", "재밌는 영화 " * 300).err
    assert "cleaning leaves" not in kosent("trace", "재밌는 영화").err


def test_a_picture(kosent: Callable[..., Any], quick: Path, tmp_path: Path) -> None:
    drawn = [tmp_path / f"sentence.{suffix}" for suffix in ("png", "svg")]
    for path in drawn:
        assert kosent("trace", SENTENCE, "--picture", str(path)).code == 0
    assert drawn[0].read_bytes().startswith(b"\x89PNG")
    assert drawn[1].read_text("utf-8").startswith("<svg ")
