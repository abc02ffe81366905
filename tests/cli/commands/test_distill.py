"""``kosent distill``: options, report, refusals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kosent.recipes import load_recipe
from kosent.runs.config import RunConfig
from kosent.runs.distillation import Distillation
from kosent_cli import running

TEACHER = str(Path(__file__).parents[2] / "golden" / "ensemble-1.kosent")
LINEAR = (
    *("--corpus", "sample", "--limit", "100", "--tokenizer", "character", "--model", "ngrams"),
    *("--set", "buckets=512", "--set", "weighting=idf"),
)


class _Stop(Exception):  # noqa: N818  ends a call once its configuration was seen
    pass


@pytest.fixture
def asked(
    kosent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[RunConfig, str]]:
    """Return the configuration and folder that a command line asks the library for."""
    seen: list[tuple[RunConfig, str]] = []

    def train_run(config: RunConfig, *, folder: str, **_: Any) -> None:
        seen.append((config, folder))
        raise _Stop

    monkeypatch.setattr(running, "train_run", train_run)

    def call(*arguments: str) -> tuple[RunConfig, str]:
        with pytest.raises(_Stop):
            kosent("distill", *arguments)
        return seen.pop()

    return call


def test_every_option_arrives(asked: Callable[..., tuple[RunConfig, str]]) -> None:
    teaching = ("--teacher", TEACHER, "--share", "0.75", "--texts", "more.txt")
    config, folder = asked(*teaching, *LINEAR, "--out", "here")
    options = {"buckets": 512, "weighting": "idf"}
    assert folder == "here"
    assert config == RunConfig(
        "sample",
        limit=100,
        classifier={
            "tokenizer": "character",
            "architecture": "ngrams",
            "architecture_options": options,
        },
        distill=Distillation(TEACHER, 0.75, "more.txt"),
    )


def test_a_recipe_is_a_student_too(asked: Callable[..., tuple[RunConfig, str]]) -> None:
    config, _ = asked("--teacher", TEACHER, "--recipe", "fast", "--seed", "4")
    recipe = load_recipe("fast").changed({"seed": 4})
    assert (config.corpus, config.classifier) == ("nsmc", recipe.classifiers[0])
    assert config.distill == Distillation(TEACHER)


def test_a_run_folder_is_its_model(home: Path, asked: Callable[..., tuple[RunConfig, str]]) -> None:
    (run,) = (home / "runs").iterdir()
    config, _ = asked("--teacher", str(run), "--corpus", "sample")
    assert config.distill == Distillation(str(run / "bundle"))


def test_it_trains_and_says_how_many_texts(kosent: Callable[..., Any], elsewhere: Path) -> None:
    (elsewhere / "more.tsv").write_text("id\tdocument\n1\t새로운 글\n2\t또 다른 글\n", "utf-8")
    line = ("distill", "--teacher", TEACHER, "--texts", "more.tsv", *LINEAR)
    outcome = kosent(*line, "--out", "one")
    assert outcome.code == 0, outcome.err
    assert "라벨 없는 글 2개" in outcome.err
    (said,) = [each for each in outcome.out.splitlines() if each.startswith("선생 / teacher: ")]
    assert "ensemble of 2" in said
    assert "with labels 90 (선생의 몫 / its share 0.5)" in said
    assert said.endswith("without labels 2")
    document = kosent(*line, "--out", "two", "--json").json
    assert document["rows"] == {"train": 90, "validation": 10, "unlabelled": 2}
    assert document["teacher"]["texts"]["kept"] == 2
    assert document["test"]["rows"] == 100


def test_a_recipe_of_several_is_taught_too(kosent: Callable[..., Any], elsewhere: Path) -> None:
    linear = """
        tokenizer = "{}"
        architecture = "ngrams"
        architecture_options = {{ buckets = 512, weighting = "idf" }}
    """
    members = "".join(f"[[members]]{linear.format(each)}" for each in ("character", "jamo"))
    (elsewhere / "two.toml").write_text(
        f'title = "둘 / two"\ncorpus = "sample"\n{members}', "utf-8"
    )
    (elsewhere / "more.txt").write_text("새로운 글\n또 다른 글\n", "utf-8")
    line = ("distill", "--teacher", TEACHER, "--texts", "more.txt", "--recipe", "two.toml")
    outcome = kosent(*line, "--limit", "100", "--jobs", "1", "--out", "run")
    assert outcome.code == 0, outcome.err
    (said,) = [each for each in outcome.out.splitlines() if each.startswith("선생 / teacher: ")]
    assert "ensemble of 2, " in said
    assert "with labels 90 (선생의 몫 / its share 0.5)" in said
    assert said.endswith("without labels 2")
    assert len(list((elsewhere / "run" / "members").iterdir())) == 2


def test_a_file_of_probabilities_teaches(kosent: Callable[..., Any], elsewhere: Path) -> None:
    rows = ["text,positive,negative", "새로운 글,0.75,0.25", "또 다른 글,0.1,0.9"]
    (elsewhere / "said.csv").write_text("\n".join(rows), "utf-8")
    outcome = kosent("distill", "--teacher-file", "said.csv", *LINEAR, "--out", "one")
    assert outcome.code == 0, outcome.err
    assert "rows read 2 = probabilities of training texts 0 + new texts" in outcome.err
    (said,) = [each for each in outcome.out.splitlines() if each.startswith("선생 / teacher: ")]
    assert "said.csv" in said
    assert said.endswith("without labels 2")
    report = (elsewhere / "one" / "report.html").read_text("utf-8")
    assert "kosent distill --teacher-file" in report


@pytest.mark.parametrize(
    ("code", "arguments", "reason"),
    [
        (2, (), "name the model that teaches with --teacher"),
        (2, ("--teacher", TEACHER, "--teacher-file", "said.csv"), "or else a file of"),
        (2, ("--teacher-file", "a.csv", *LINEAR, "--texts", "b.txt"), "do not go together"),
        (3, ("--teacher-file", "absent.csv", *LINEAR), "cannot read 'absent.csv'"),
        (2, ("--teacher", TEACHER), "name a corpus or a file"),
        (2, ("--teacher", TEACHER, *LINEAR, "--share", "1.5"), "a number from 0 to 1"),
        (2, ("--teacher", TEACHER, *LINEAR, "--share", "0"), "nothing to teach"),
        (2, ("--teacher", TEACHER, *LINEAR, "--jobs", "2"), "a recipe of several models only"),
        (2, ("--resume", "x", "--teacher", TEACHER), "leave out: teacher"),
        (3, ("--teacher", TEACHER, *LINEAR, "--texts", "absent.txt"), "cannot read 'absent.txt'"),
        (4, ("--teacher", "absent", *LINEAR), "absent"),
    ],
)
def test_refusals_leave_nothing(
    code: int,
    arguments: tuple[str, ...],
    reason: str,
    refused: Callable[..., str],
    elsewhere: Path,
) -> None:
    assert reason in refused(code, "distill", *arguments)
    assert not list(elsewhere.iterdir())
