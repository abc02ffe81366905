"""``kosent train``: options, report, refusals; nothing is left behind by what cannot begin."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kosent.metrics.report import report
from kosent.models.auto import automatic
from kosent.models.auto.portfolio import PORTFOLIO
from kosent.models.export import Export
from kosent.recipes import load_recipe
from kosent.runs.config import RunConfig
from kosent_cli import running
from kosent_cli.report_files import write_of_run
from kosent_cli.session import Session

WORDS = (("아주 좋다", "good"), ("정말 최고", "good"), ("너무 별로", "bad"), ("최악이다", "bad"))


class _Stop(Exception):  # noqa: N818  ends a call once its configuration was seen
    pass


@pytest.fixture
def asked(kosent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return the configuration and folder that a command line asks the library for."""
    seen: list[Any] = []

    def train_run(config: RunConfig, *, folder: str | None, **_: Any) -> None:
        seen.append(SimpleNamespace(config=config, folder=folder))
        raise _Stop

    monkeypatch.setattr(running, "train_run", train_run)

    def call(*arguments: str) -> Any:
        with pytest.raises(_Stop):
            kosent("train", *arguments)
        return seen.pop()

    return call


def test_what_is_not_given_is_left_to_the_library(asked: Callable[..., Any]) -> None:
    assert asked("--corpus", "nsmc").config == RunConfig("nsmc")
    assert asked("--corpus", "nsmc", "--class-weight", "none").config == RunConfig("nsmc")


def test_every_option_arrives(asked: Callable[..., Any]) -> None:
    options = {
        "--corpus": "mine.csv",
        "--text-column": "글",
        "--label-column": "감정",
        "--limit": "50",
        "--model": "gru",
        "--tokenizer": "okt",
        "--cleaning": "source",
        "--vocabulary-size": "500",
        "--min-count": "2",
        "--max-length": "30",
        "--epochs": "3",
        "--batch-size": "32",
        "--learning-rate": "0.01",
        "--optimizer": "sgd",
        "--patience": "4",
        "--schedule": "linear",
        "--label-smoothing": "0.05",
        "--class-weight": "balanced",
        "--augment": "noise",
        "--seed": "9",
        "--out": "here",
    }
    pairs = [part for pair in options.items() for part in pair]
    flags = ["--no-calibrate"]
    sets = ["--set", "units=8", "--set", "pooling=last", "--set", "widths=[2,3]"]
    got = asked(*pairs, *flags, *sets, "--tokenizer-set", "stem=true", "--tokenizer-set", 'x="1"')
    assert got.folder == "here"
    assert got.config == RunConfig(
        corpus="mine.csv",
        text_column="글",
        label_column="감정",
        limit=50,
        classifier={
            "architecture": "gru",
            "tokenizer": "okt",
            "cleaning": "source",
            "vocabulary_size": 500,
            "min_count": 2,
            "max_length": 30,
            "epochs": 3,
            "batch_size": 32,
            "learning_rate": 0.01,
            "optimizer": "sgd",
            "patience": 4,
            "schedule": "linear",
            "label_smoothing": 0.05,
            "class_weight": "balanced",
            "augment": "noise",
            "calibrate": False,
            "seed": 9,
            "architecture_options": {"units": 8, "pooling": "last", "widths": [2, 3]},
            "tokenizer_options": {"stem": True, "x": "1"},
        },
    )


def test_a_run_folder_that_is_not_named_is_left_to_the_library(asked: Callable[..., Any]) -> None:
    assert asked("--corpus", "sample").folder is None


def test_help_shows_the_librarys_defaults(kosent: Callable[..., Any]) -> None:
    text = kosent("train", "--help").out
    for shown in ("[auto]", "[sentencepiece]", "[16000]", "[plateau]", "[adam]"):
        assert shown in text


def test_json_report(home: Path) -> None:
    document = json.loads((home / "report.json").read_text("utf-8"))
    assert set(document) == {
        *("validation", "test", "bundle", "folder"),
        "seconds",
        "int8",
        "report",
    }
    assert document["validation"]["rows"] == 12
    assert document["test"]["rows"] == 120
    assert (Path(document["bundle"]) / "manifest.json").is_file()
    assert Path(document["bundle"]).parent == Path(document["folder"])
    assert document["seconds"] > 0


def test_what_training_tells(home: Path) -> None:
    lines = (home / "progress.txt").read_text("utf-8").splitlines()
    (epoch,) = [line for line in lines if line.startswith("epoch ")]
    for figure in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert f" {figure} 0." in epoch
    assert epoch.endswith(" s")
    assert all(" / " in line for line in lines if line != epoch)


def test_options_of_network_reach_the_configuration(home: Path) -> None:
    (run,) = (home / "runs").iterdir()
    config = json.loads((run / "config.json").read_text("utf-8"))
    assert config["classifier"]["architecture_options"] == {"units": 4, "embedding_size": 8}


@pytest.mark.parametrize("has_test", [True, False])
def test_lines(has_test: bool, kosent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    scores = report(["좋음", "나쁨"], ["좋음", "좋음"], ["나쁨", "좋음"])
    result = SimpleNamespace(
        classifier=SimpleNamespace(info_={}),
        validation=scores,
        test=scores if has_test else None,
        bundle=Path("out/bundle"),
        folder=Path("out"),
        seconds=12.34,
        int8=Export(Path("out/int8.kosent"), 1234, 2, 0.5, 0.25) if has_test else None,
    )
    monkeypatch.setattr(running, "train_run", lambda *_, **__: result)
    monkeypatch.setattr(running, "write_of_run", lambda *_: None)
    outcome = kosent("train", "--corpus", "mine.csv")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("검증 / validation\naccuracy 0.5000")
    assert ("시험 / test" in outcome.out) == has_test
    small = "int8: out/int8.kosent (1,234 bytes), "
    small += "검증 정확도 / validation accuracy 0.5000 -> 0.2500"
    end = ["모델 / model: out/bundle", *([small] if has_test else []), "시간 / time: 12.3 s"]
    assert outcome.out.splitlines()[-len(end) - 1 :] == ["", *end]
    assert "\x1b" not in outcome.out


@pytest.fixture
def linear(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work beside a small corpus, of which auto tries one linear model."""
    entries = [entry for entry in PORTFOLIO if entry.name == "characters"]
    monkeypatch.setattr(automatic, "suiting", lambda _: entries)
    rows = [f"{word} {number},{label}" for number in range(15) for word, label in WORDS]
    write(elsewhere / "mine.csv", "\n".join(["text,label", *rows]) + "\n")
    return elsewhere


@pytest.mark.parametrize(
    ("language", "title", "kept"),
    [("ko", "글 60개, 라벨 2개", "남긴 것: characters"), ("en", "60 texts, 2 labels", "kept: ch")],
)
def test_what_auto_tried_is_told(
    language: str,
    title: str,
    kept: str,
    linear: Path,
    kosent: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KOSENT_LANG", language)
    outcome = kosent("train", "--corpus", "mine.csv", "--out", "run")
    assert outcome.code == 0, outcome
    lines = outcome.out.splitlines()
    assert lines[0].startswith(title)
    assert any(line.startswith(kept) for line in lines)
    assert any(line.startswith("accuracy ") for line in lines)
    assert (linear / "run/bundle/manifest.json").is_file()


def test_json_of_what_auto_tried(linear: Path, kosent: Callable[..., Any]) -> None:
    line = ("train", "--corpus", "mine.csv", "--minutes", "1", "--size", "5", "--speed", "10")
    found = kosent(*line, "--json").json
    auto = found["auto"]
    assert auto["limits"] == {"minutes": 1.0, "size": 5.0, "speed": 10.0}
    (tried,) = auto["tried"]
    assert tried["name"] == "characters"
    assert tried["weight"] > 0
    assert found["validation"]["rows"] > 50
    assert Path(found["folder"]).name.endswith("-auto")


@pytest.mark.parametrize(
    ("arguments", "nearest"),
    [
        (("--corpus", "smaple"), "sample"),
        (("--corpus", "sample", "--tokenizer", "okr"), "okt"),
        (("--corpus", "sample", "--model", "hybird"), "hybrid"),
        (("--corpus", "sample", "--cleaning", "koraen"), "korean"),
        (("--corpus", "sample", "--optimizer", "adma"), "adam"),
        (("--corpus", "sample", "--model", "lstm", "--set", "unit=3"), "units"),
    ],
)
def test_unknown_names(
    arguments: tuple[str, ...], nearest: str, refused: Callable[..., str], elsewhere: Path
) -> None:
    assert f"Did you mean '{nearest}'?" in refused(2, "train", *arguments)
    assert not list(elsewhere.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--corpus", "sample", "--epochs", "0"),
        ("--corpus", "sample", "--batch-size", "0"),
        ("--corpus", "sample", "--limit", "0"),
        ("--corpus", "sample", "--max-length", "0"),
        ("--corpus", "sample", "--vocabulary-size", "1"),
        ("--corpus", "sample", "--min-count", "0"),
        ("--corpus", "sample", "--learning-rate", "nan"),
        ("--corpus", "sample", "--seed", "-1"),
        ("--corpus", "sample", "--augment", "noize"),
        ("--corpus", "sample", "--set", "units"),
        ("--corpus", "sample", "--set", "=3"),
        ("--corpus", "sample", "--set", "units=many"),
        ("--corpus", "sample", "--set", "dropout=2"),
        ("--corpus", "sample", "--tokenizer-set", "nonsense=1"),
        ("--corpus", "sample", "--cleaning-set", "repeat=2"),
        ("--corpus", "sample", "--cleaning-set", "urls=1"),
        ("--corpus", "sample", "--tokenizer-set", "model_file=none.model"),
        ("--corpus", "sample", "--tokenizer-set", "alpha=2.0"),
        ("--corpus", "sample", "--tokenizer", "okt", "--tokenizer-set", "stem=1"),
        ("--corpus", "sample", "--text-column", "document"),
        ("--resume",),
        ("--resume", "somewhere", "--epochs", "3"),
        ("--resume", "--out", "there"),
    ],
    ids=" ".join,
)
def test_wrong_settings(
    arguments: tuple[str, ...], refused: Callable[..., str], elsewhere: Path
) -> None:
    refused(2, "train", *arguments)
    assert not list(elsewhere.iterdir())


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("files", "corpus", "said"),
    [
        ({"a.csv": "text,amount\n좋다,1\n"}, "a.csv", "--label-column"),
        ({"a.csv": "글,라벨\n좋다,긍정\n최고,긍정\n"}, "a.csv", "긍정"),
        (
            {
                "d/train.csv": "text,label\n좋다,a\n별로,b\n",
                "d/test.csv": "text,label\n그냥,c\n",
            },
            "d",
            "'c'",
        ),
        ({"a.csv": "text,label\n좋다,a\n별로,b\n"}, "a.csv", "too few"),
        ({"a.csv": "text,label\n"}, "a.csv", "no usable row"),
        ({"a.csv": ""}, "a.csv", "a.csv"),
        ({"a.xlsx": "?"}, "a.xlsx", ".csv"),
        ({}, "a.csv", "cannot read 'a.csv'"),
    ],
    ids=["no label column", "one class", "only in test", "few", "no row", "empty", "kind", "gone"],
)
def test_corpora_that_cannot_be_used(
    files: dict[str, str],
    corpus: str,
    said: str,
    refused: Callable[..., str],
    elsewhere: Path,
) -> None:
    for name, text in files.items():
        write(elsewhere / name, text)
    assert said in refused(3, "train", "--corpus", corpus, "--tokenizer", "whitespace")
    assert not (elsewhere / "runs").exists() or not list((elsewhere / "runs").iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ("--corpus", "sample", "--tokenizer", "kiwi"),
        ("--corpus", "sample", "--recipe", "best-kiwi"),
    ],
    ids=["tokenizer", "recipe of several"],
)
def test_a_package_that_is_not_installed(
    arguments: tuple[str, ...],
    refused: Callable[..., str],
    elsewhere: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is said before anything is read, and no folder is made."""
    monkeypatch.setitem(sys.modules, "kiwipiepy", None)
    assert "pip install 'kosent[kiwi]'" in refused(5, "train", "--corpus", "sample", *arguments)
    assert list(elsewhere.iterdir()) == []


def test_a_column_that_is_not_there(refused: Callable[..., str], elsewhere: Path) -> None:
    write(elsewhere / "a.csv", "review,stars\n좋다,5\n별로,1\n")
    line = refused(2, "train", "--corpus", "a.csv", "--label-column", "star")
    assert "Did you mean 'stars'?" in line


def test_a_folder_that_holds_something(refused: Callable[..., str], elsewhere: Path) -> None:
    write(elsewhere / "out" / "mine.txt", "keep")
    assert "--out" in refused(2, "train", "--corpus", "sample", "--out", "out")
    assert [path.name for path in (elsewhere / "out").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("method", ["mkdir", "open"])
def test_no_permission_to_write(
    method: str, refused: Callable[..., str], elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = getattr(Path, method)

    def deny(self: Path, *args: Any, **kwargs: Any) -> Any:
        if "out" in self.parts:
            raise PermissionError(13, "Permission denied")
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Path, method, deny)
    line = refused(5, "train", "--corpus", "sample", "--limit", "40", "--out", "out/run")
    assert "Permission denied" in line
    assert not list(elsewhere.rglob("*.json"))


def test_no_permission_to_look(
    refused: Callable[..., str], elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny(self: Path, **_: Any) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", deny)
    assert "Permission denied" in refused(5, "train", "--corpus", "sample", "--out", "out/run")


def test_resuming_what_is_no_run(refused: Callable[..., str], elsewhere: Path) -> None:
    assert "no unfinished run" in refused(2, "train", "--resume")
    assert "'nowhere'" in refused(3, "train", "--resume", "nowhere")


def test_resuming_what_is_complete(refused: Callable[..., str], home: Path) -> None:
    (run,) = (home / "runs").iterdir()
    assert "complete already" in refused(2, "train", "--resume", str(run))
    assert "no unfinished run" in refused(2, "train", "--resume")


def test_rules_of_the_cleaning_are_passed_on(asked: Callable[..., Any], elsewhere: Path) -> None:
    line = ("--corpus", "sample", "--cleaning-set", "repeats=2", "--cleaning-set", "urls=true")
    assert asked(*line).config.classifier == {"cleaning_options": {"repeats": 2, "urls": True}}


def test_a_user_dictionary_is_read(asked: Callable[..., Any], elsewhere: Path) -> None:
    write(elsewhere / "words.txt", "꿀잼 Noun\n갤럭시탭\n")
    line = ("--corpus", "sample", "--tokenizer", "okt", "--tokenizer-set", "norm=true")
    config = asked(*line, "--user-dictionary", "words.txt").config
    words = {"꿀잼": "Noun", "갤럭시탭": "Noun"}
    assert config.classifier["tokenizer_options"] == {"norm": True, "user_dictionary": words}
    assert asked(*line).config.classifier["tokenizer_options"] == {"norm": True}


def test_a_user_dictionary_that_cannot_be_used(
    refused: Callable[..., str], elsewhere: Path
) -> None:
    write(elsewhere / "words.txt", "꿀잼 Noun\nGalaxy Noun\n")
    line = ("train", "--corpus", "sample", "--user-dictionary")
    assert "line 2" in refused(3, *line, "words.txt", "--tokenizer", "okt")
    assert "No such file" in refused(3, *line, "wards.txt", "--tokenizer", "okt")
    write(elsewhere / "words.txt", "꿀잼 Noun\n")
    assert "no setting user_dictionary" in refused(
        2, *line, "words.txt", "--tokenizer", "character"
    )


def test_a_recipe_is_a_command(asked: Callable[..., Any]) -> None:
    recipe = load_recipe("nsmc-lstm")
    assert asked("--recipe", "nsmc-lstm").config == RunConfig("nsmc", classifier=recipe.classifier)


def test_the_packaged_models_recipe_also_leaves_it_in_int8(asked: Callable[..., Any]) -> None:
    config = asked("--recipe", "pretrained").config
    assert (config.corpus, config.int8) == ("nsmc-raw", True)
    assert not asked("--recipe", "fast").config.int8
    assert not asked("--corpus", "nsmc").config.int8


def test_options_go_before_the_recipe(asked: Callable[..., Any]) -> None:
    config = asked(
        *("--recipe", "imdb-hybrid-shared", "--corpus", "sample", "--limit", "50"),
        *("--epochs", "1", "--set", "units=3", "--truncate", "post", "--monitor", "loss"),
        *("--reduce-factor", "0.5", "--reduce-patience", "3", "--validation-fraction", "0.3"),
    ).config
    assert (config.corpus, config.limit) == ("sample", 50)
    recipe = load_recipe("imdb-hybrid-shared").classifier
    options = recipe["architecture_options"] | {"units": 3}
    assert config.classifier == recipe | {
        "epochs": 1,
        "architecture_options": options,
        "truncate": "post",
        "monitor": "loss",
        "reduce_factor": 0.5,
        "reduce_patience": 3,
        "validation_fraction": 0.3,
    }


def test_recipes_that_do_not_exist(refused: Callable[..., str]) -> None:
    assert "nsmc-lstm" in refused(2, "train", "--recipe", "nmsc-lstm")


def test_the_report_holds_the_command_and_no_texts_where_asked(home: Path) -> None:
    page = Path(json.loads((home / "report.json").read_text("utf-8"))["report"])
    html = page.read_text("utf-8")
    assert "kosent train --corpus sample --limit 120 --tokenizer whitespace" in html
    assert 'id="mistakes"' in html


def test_a_report_that_fails_is_one_line(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("kaputt")

    monkeypatch.setattr("kosent.reporting.write_run_report", fail)
    (run,) = (home / "runs").iterdir()
    assert write_of_run(Session(), run, True, None) is None
    (line,) = capsys.readouterr().err.splitlines()
    assert "could not write the report (ValueError: kaputt)" in line
