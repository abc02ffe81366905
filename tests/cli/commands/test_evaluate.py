"""``kosent evaluate``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

KEYS = {"accuracy", "macro_f1", "per_class", "confusion", "rows", "labels", "bundle", "corpus"}
KEYS |= {"confidence", "unknown_labels"}


def test_json(kosent: Callable[..., Any], home: Path) -> None:
    outcome = kosent("evaluate", "--json", "--limit", "40")
    assert outcome.code == 0
    document = outcome.json
    assert set(document) == KEYS
    assert document["rows"] == 40
    assert document["labels"] == ["negative", "positive"]
    assert sum(map(sum, document["confusion"])) == 40
    assert set(document["per_class"]) == {"negative", "positive"}
    assert document["corpus"] == "sample"
    assert (home / document["bundle"] / "manifest.json").is_file()
    confidence = document["confidence"]
    assert set(confidence) == {"mean", "ece", "ece_equal_mass", "coverage"}
    assert [point["coverage"] for point in confidence["coverage"]] == [1, 0.95, 0.9, 0.8, 0.7, 0.5]
    assert confidence["coverage"][0]["accuracy"] == document["accuracy"]


def test_what_training_scored_is_scored_again(kosent: Callable[..., Any], home: Path) -> None:
    trained = json.loads((home / "report.json").read_text("utf-8"))["test"]
    document = kosent("evaluate", "--json", "--limit", "120").json
    assert {name: document[name] for name in trained} == trained


def test_lines(kosent: Callable[..., Any], home: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("내 글,내 라벨\n재밌다,positive\n별로,negative\n", "utf-8")
    columns = ("--text-column", "내 글", "--label-column", "내 라벨")
    outcome = kosent("evaluate", "--corpus", str(path), *columns)
    assert outcome.code == 0
    assert outcome.out.startswith("mine (train)\naccuracy ")
    assert "no test split" in outcome.err
    assert "→ negative" in outcome.out
    document = kosent("evaluate", "--json", "--corpus", str(path), *columns).json["confidence"]
    assert f"calibration error {document['ece']:.4f}  " in outcome.out
    half = document["coverage"][-1]
    last = f"{half['answered']:.1%} {half['accuracy']:.4f} {half['threshold']:.4f}"
    assert outcome.out.splitlines()[-1].split() == last.split()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--bundle", "nowhere"), 4, "not a kosent bundle"),
        (("--corpus", "smaple"), 2, "Did you mean 'sample'?"),
        (("--corpus", "nowhere.csv"), 3, "nowhere.csv"),
        (("--limit", "0"), 2, "at least 1"),
    ],
)
def test_refusals(
    arguments: tuple[str, ...], code: int, said: str, refused: Callable[..., str], home: Path
) -> None:
    assert said in refused(code, "evaluate", *arguments)


def test_labels_the_model_does_not_know(
    refused: Callable[..., str], home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text("text\tlabel\n재밌다\t긍정\n별로\t부정\n", "utf-8")
    assert "긍정" in refused(3, "evaluate", "--corpus", str(path))
