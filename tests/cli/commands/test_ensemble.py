"""``kosent ensemble``, and an ensemble in the commands that look into saved models."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parents[2] / "golden"
ENSEMBLE = str(GOLDEN / "ensemble-1.kosent")


def test_two_runs_are_combined(kosent: Callable[..., Any], home: Path, tmp_path: Path) -> None:
    """The same run twice; one as a run folder, one as its bundle."""
    (run,) = (home / "runs").iterdir()
    line = ("ensemble", str(tmp_path / "both.kosent"), "--bundle", str(run))
    done = kosent(*line, "--bundle", str(run / "bundle"), "--json")
    assert done.code == 0, done.err
    assert done.json["bytes"] == (tmp_path / "both.kosent").stat().st_size
    assert [member["architecture"] for member in done.json["members"]] == ["lstm", "lstm"]
    assert done.json["validation"]["rows"] == 12
    again = kosent(*line, "--bundle", str(run / "bundle"), "--overwrite")
    assert again.out.splitlines()[1].startswith("whitespace lstm")
    assert again.out.splitlines()[-1].startswith("모델 / model: ")
    answers = kosent("predict", "--bundle", str(tmp_path / "both.kosent"), "재밌다", "--json").json
    assert len(answers) == 1


def test_refusals_are_one_line(refused: Callable[..., str], home: Path, tmp_path: Path) -> None:
    (run,) = (home / "runs").iterdir()
    both = ("ensemble", str(tmp_path / "both"), "--bundle", str(run))
    assert "does not say what it learned from" in refused(
        2, *both, "--bundle", str(GOLDEN / "format-1-lstm")
    )
    assert "2 to 64" in refused(2, *both)
    assert "--bundle" in refused(2, "ensemble", str(tmp_path / "both"))
    assert "an ensemble" in refused(4, *both, "--bundle", ENSEMBLE)
    assert list(tmp_path.iterdir()) == []


def test_inspect(kosent: Callable[..., Any]) -> None:
    facts = kosent("inspect", ENSEMBLE, "--json").json
    assert [member["architecture"] for member in facts["members"]] == ["lstm", "hybrid"]
    assert all(member["weight"] > 0 for member in facts["members"])
    assert facts["labels"] == ["negative", "positive"]
    assert list(facts["files"]) == ["member-0.kosent", "member-1.kosent", "probes.json", "card.md"]
    lines = kosent("inspect", ENSEMBLE).out
    for expected in ("whitespace lstm", "sentencepiece hybrid", "member-1.kosent", "ece_after"):
        assert expected in lines


def test_inspect_verifies_the_members(refused: Callable[..., str], tmp_path: Path) -> None:
    data = bytearray(Path(ENSEMBLE).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "broken.kosent").write_bytes(data)
    assert "damaged" in refused(4, "inspect", str(tmp_path / "broken.kosent"))


def test_export(kosent: Callable[..., Any], tmp_path: Path) -> None:
    done = kosent("export", str(tmp_path / "folder"), "--bundle", ENSEMBLE, "--json")
    assert done.code == 0, done.err
    assert json.loads((tmp_path / "folder" / "manifest.json").read_bytes())["format"] == (
        "kosent-ensemble"
    )


@pytest.mark.parametrize("command", ["encode", "inspect"])
def test_what_needs_one_network(command: str, refused: Callable[..., str]) -> None:
    line = (command, "글", "--bundle", ENSEMBLE)
    if command == "inspect":
        line = (command, ENSEMBLE, "--embeddings", "글")
    assert "an ensemble of several models" in refused(4, *line)
