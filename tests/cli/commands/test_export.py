"""``kosent export`` and what the other commands do with its files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parents[2] / "golden"


def test_one_file(kosent: Callable[..., Any], elsewhere: Path) -> None:
    outcome = kosent("export", "one.kosent", "--bundle", str(GOLDEN / "format-2-gru"), "--json")
    assert outcome.code == 0, outcome
    size = (elsewhere / "one.kosent").stat().st_size
    assert outcome.json == {"path": "one.kosent", "bytes": size}
    assert kosent("predict", "--bundle", "one.kosent", "최고").code == 0
    assert kosent("inspect", "one.kosent").code == 0
    assert kosent("trace", "--bundle", "one.kosent", "정말 최고").code == 0


def test_int8(kosent: Callable[..., Any], home: Path, tmp_path: Path) -> None:
    out = tmp_path / "small.kosent"
    outcome = kosent("export", str(out), "--quantize", "int8", "--max-loss", "0.1")
    assert outcome.code == 0, outcome
    assert "12 rows" in outcome.out
    assert "prediction only" in kosent("inspect", str(out)).out


def test_what_is_there_stays(refused: Callable[..., str], elsewhere: Path) -> None:
    (elsewhere / "out").write_text("mine", "utf-8")
    gru = str(GOLDEN / "format-2-gru")
    assert "exists already" in refused(2, "export", "out", "--bundle", gru)
    assert "exists already" in refused(2, "export", "out", "--bundle", gru, "--overwrite")
    assert "not a kosent bundle" in refused(4, "export", "new", "--bundle", "nowhere")


@pytest.mark.parametrize(
    "arguments", [("--output", "x", "text"), ("--input", "x", "--resume"), ("--resume", "text")]
)
def test_output_and_resume_need_a_file(
    arguments: tuple[str, ...], refused: Callable[..., str], elsewhere: Path
) -> None:
    assert "--output" in refused(2, "predict", *arguments)


def test_a_file_to_a_file(kosent: Callable[..., Any], refused: Any, elsewhere: Path) -> None:
    (elsewhere / "in.csv").write_text("리뷰\n최고\n별로\n", "utf-8")
    line = ("predict", "--input", "in.csv", "--output", "out.jsonl")
    line += ("--bundle", str(GOLDEN / "format-2-gru"))
    outcome = kosent(*line, "--json")
    assert outcome.json == {"output": "out.jsonl", "rows": 2, "errors": 0}
    assert (elsewhere / "out.jsonl").read_bytes().count(b"\n") == 2
    assert "--resume" in refused(2, *line)
    assert "2줄" in kosent(*line, "--resume").err
