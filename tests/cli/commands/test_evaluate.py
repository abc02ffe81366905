"""``kosent evaluate``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

KEYS = {"accuracy", "macro_f1", "per_class", "confusion", "rows", "labels", "bundle", "corpus"}
KEYS |= {"confidence", "blank", "cut", "unknown_labels"}


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


def test_mistakes_are_written(kosent: Callable[..., Any], home: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    rows = ["재밌다,negative", "재밌다,positive", ",positive", "=별로,positive", "=별로,negative"]
    path.write_text("\n".join(["text,label", *rows]), "utf-8")
    target = tmp_path / "new folder" / "mistakes.jsonl"
    document = kosent("evaluate", "--corpus", str(path), "--errors", str(target), "--json").json
    mistakes = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert len(mistakes) == document["rows"] - sum(
        row[i] for i, row in enumerate(document["confusion"])
    )
    assert [each["confidence"] for each in mistakes] == sorted(
        (each["confidence"] for each in mistakes), reverse=True
    )
    lines = path.read_text("utf-8").splitlines()
    for each in mistakes:
        assert lines[each["line"] - 1] == f"{each['text']},{each['label']}"
        assert each["predicted"] != each["label"]
    table = tmp_path / "mistakes.csv"
    assert kosent("evaluate", "--corpus", str(path), "--errors", str(table)).code == 0
    assert table.read_text("utf-8-sig").startswith("line,text,label,predicted,confidence\n")
    assert ",'=별로," in table.read_text("utf-8-sig")
    assert not list(tmp_path.glob(".*"))


def test_a_file_for_mistakes_is_refused_before_anything_is_read(
    refused: Callable[..., str], tmp_path: Path
) -> None:
    said = refused(2, "evaluate", "--bundle", "nowhere", "--errors", str(tmp_path / "errors.xlsx"))
    assert "must end in one of .csv, .tsv, .jsonl" in said


def test_texts_that_are_not_read_as_they_are_are_counted(
    kosent: Callable[..., Any], home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        f"text,label\n{'재밌다 ' * 2000},positive\n\u200b,negative\n별로,negative\n", "utf-8"
    )
    outcome = kosent("evaluate", "--corpus", str(path), "--json")
    assert (outcome.json["blank"], outcome.json["cut"]) == (1, 1)
    assert "cleaning leaves nothing: 1" in outcome.err
    assert "longer than the model reads: 1" in outcome.err


def test_a_report(kosent: Callable[..., Any], home: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    outcome = kosent("evaluate", "--limit", "40", "--report", str(path), "--stress", "--no-texts")
    assert outcome.code == 0
    assert f"report: '{path}'" in outcome.err.splitlines()[-1]
    page = path.read_text("utf-8")
    assert f"kosent evaluate --limit 40 --report {path} --stress --no-texts" in page
    assert 'id="stress"' in page
    assert 'id="mistakes"' not in page


def test_a_report_is_refused_before_anything_is_read(refused: Callable[..., str]) -> None:
    assert ".html" in refused(2, "evaluate", "--bundle", "nowhere.kosent", "--report", "a.pdf")
    assert "--report" in refused(2, "evaluate", "--bundle", "nowhere.kosent", "--stress")
