"""Several labels a text on the command line: from a file to answers and figures."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

from kosent_cli.main import run

SUBJECTS = ("영화가", "연기가", "음악이", "결말이", "대사가", "화면이", "주인공이", "전개가")
SAYINGS = {"재밌다": "praise", "지루하다": "blame", "재밌다가 지루하다": "praise;blame", "있다": ""}
TRAINING = ["--model", "ngrams", "--tokenizer", "character", "--set", "buckets=512"]
TRAINING += ["--set", "longest=3", "--validation-fraction", "0.25", "--multilabel"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    rows = [(f"{subject} {saying}", labels) for subject, (saying, labels) in
            product(SUBJECTS, SAYINGS.items())]  # fmt: skip
    one, several = "text,label\n", "text,praise,blame\n"
    for text, labels in rows:
        one += f"{text},{labels}\n"
        several += f"{text},{int('praise' in labels)},{int('blame' in labels)}\n"
    (tmp_path / "mine.csv").write_text(one, "utf-8")
    (tmp_path / "columns.csv").write_text(several, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    assert run(list(arguments)) == 0, capsys.readouterr().err
    captured = capsys.readouterr()
    return captured.out, captured.err


@pytest.mark.slow
def test_from_a_file_to_answers(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = call(capsys, "train", "--corpus", "mine.csv", *TRAINING, "--out", "run", "--json")
    assert "';' stands between labels (8 texts have several)" in err
    report = json.loads(out)
    assert report["validation"]["micro_f1"] > 0.8
    assert json.loads((home / "run/report.json").read_bytes())["validation"]["lrap"] > 0.8

    out, _ = call(capsys, "predict", "--bundle", "run", "영화가 재밌다가 지루하다", "x")
    assert out.splitlines()[0].split("\t")[0] == "blame|praise"
    out, _ = call(capsys, "predict", "--bundle", "run", "--json", "영화가 재밌다", "")
    first, blank = json.loads(out)
    assert first["labels"] == ["praise"]
    assert (blank["labels"], blank["reason"]) == (None, "empty text")

    source = ["predict", "--bundle", "run", "--input", "mine.csv"]
    for name in ("answers.csv", "answers.jsonl", "answers.parquet"):
        call(capsys, *source, "--output", name)
    for name in ("answers.csv", "answers.jsonl"):
        whole = (home / name).read_bytes()
        (home / name).write_bytes(b"".join(whole.splitlines(keepends=True)[:9]))
        call(capsys, *source, "--output", name, "--resume")
        assert (home / name).read_bytes() == whole
    lines = (home / "answers.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "text,label,labels,blame,praise,error"
    assert lines[3].split(",")[2] == "blame|praise"
    document = json.loads((home / "answers.jsonl").read_text("utf-8").splitlines()[2])
    assert document["labels"] == ["blame", "praise"]

    out, _ = call(capsys, "evaluate", "--bundle", "run", "--corpus", "mine.csv",
                  "--errors", "wrong.csv")  # fmt: skip
    assert "micro F1" in out
    assert "LRAP" in out
    assert (home / "wrong.csv").read_text("utf-8-sig").startswith("line,text,label,predicted")
    out, _ = call(capsys, "inspect", "run")
    assert "thresholds (several labels)" in out
    out, _ = call(capsys, "ensemble", "both.kosent", "--bundle", "run", "--bundle", "run",
                  "--corpus", "mine.csv")  # fmt: skip
    assert "micro F1" in out


@pytest.mark.slow
def test_columns_are_remembered(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, "train", "--corpus", "columns.csv", *TRAINING, "--label-columns",
         "praise, blame", "--out", "run")  # fmt: skip
    out, _ = call(capsys, "evaluate", "--bundle", "run", "--corpus", "columns.csv", "--json")
    assert json.loads(out)["rows"] == 32
    out, _ = call(capsys, "evaluate", "--bundle", "run", "--corpus", "mine.csv",
                  "--label-column", "label", "--json")  # fmt: skip
    assert json.loads(out)["micro_f1"] > 0.8


@pytest.mark.slow
def test_from_a_saved_model(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    training = ["train", "--corpus", "mine.csv", "--multilabel", "--validation-fraction", "0.25"]
    call(capsys, *training, "--from", "pretrained", "--out", "head")
    out, _ = call(capsys, "inspect", "head", "--json")
    assert json.loads(out)["start"]["transfer"] == "head"
    call(capsys, *training, "--from", "head", "--transfer", "head", "--out", "again")
    more = ["--from", str(STRESSED), "--transfer", "all", "--keep", "0.5", "--epochs", "1"]
    out, _ = call(capsys, *training, *more, "--out", "all", "--json")
    assert "micro_f1" in json.loads(out)["validation"]
    out, _ = call(capsys, "inspect", "all", "--json")
    start = json.loads(out)["start"]
    assert (start["transfer"], start["keep"], start["unmarked"]) == ("all", 0.5, ["short"])
    out, _ = call(capsys, "inspect", "all")
    assert 'unmarked=["short"]' in out
    out, _ = call(capsys, "predict", "--bundle", "again", "영화가 재밌다")
    assert out.split("\t")[0] == "praise"


def test_an_audit_counts_labels(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = call(capsys, "audit", "--corpus", "mine.csv", "--multilabel", "--json",
                    "--output", "audited.csv")  # fmt: skip
    document = json.loads(out)
    assert document["labels"] == {"train": {"praise": 16, "blame": 16}}
    assert "not looked for where a text may have several" in err
    head = (home / "audited.csv").read_text("utf-8-sig").splitlines()
    assert "blame | praise" in head[3]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "--corpus", "mine.csv", "--label-separator", ";"], "go with --multilabel"),
        (["train", "--corpus", "sample", "--multilabel"], "have one label each"),
        (["train", "--corpus", "unsmile", "--multilabel", "--label-separator", ";"],
         "files of your own only"),
        (["audit", "--corpus", "mine.csv", "--multilabel", "--suspects"], "not looked for"),
        (["distill", "--teacher", "x", "--corpus", "mine.csv", "--multilabel"], "from a teacher"),
        (["train", "--corpus", "mine.csv", "--multilabel", "--from", "pretrained", "--transfer",
          "all", "--keep", "1"], "gives one label a text"),
    ],
)  # fmt: skip
def test_what_is_refused(
    home: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) != 0
    assert message in capsys.readouterr().err


STRESSED = Path(__file__).parents[1] / "golden/format-3-gru.kosent"


@pytest.mark.parametrize("command", ["stress", "trace"])
def test_what_a_model_of_several_labels_refuses(
    home: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    more = {"stress": ["--corpus", "mine.csv"], "trace": ["글", "--min-confidence", "0.5"]}
    assert run([command, "--bundle", str(STRESSED), *more[command]]) != 0
    assert "several labels a text" in capsys.readouterr().err
