"""The command that repeats a run is understood as what the run was."""

from __future__ import annotations

import shlex
from typing import Any

import click
import pytest

from kosent.models.settings import ClassifierSettings
from kosent.reporting.parts import Reader
from kosent.reporting.settings import ensemble_commands, run_command, settings_table
from kosent.runs.config import EnsembleConfig, RunConfig
from kosent.runs.distillation import Distillation
from kosent.support.settings import settings_of
from kosent_cli.main import cli
from kosent_cli.training_options import asked_for

CONFIGS = [
    RunConfig("sample"),
    RunConfig(
        "my reviews.csv", "글", "라벨", 50,
        classifier={
            "architecture": "lstm", "architecture_options": {"units": 8, "bidirectional": False},
            "epochs": 3, "cleaning": "korean", "calibrate": False, "class_weight": None,
            "tokenizer_options": {"max_chars": 5}, "start": "pretrained",
        },
    ),
    RunConfig("a.csv", classifier={"multilabel": True}, label_columns=["x", "y"]),
    RunConfig("sample", distill=Distillation("models/best", 0.25, "more.txt")),
]  # fmt: skip


def understood(line: str) -> dict[str, Any]:
    _, name, *words = shlex.split(line)
    context = click.Context(cli, info_name="kosent")
    command = cli.get_command(context, name)
    assert command is not None
    with command.make_context(name, words, parent=context) as made:
        return made.params


@pytest.mark.parametrize("config", CONFIGS)
def test_a_run(config: RunConfig) -> None:
    given = understood(run_command(config))
    if config.distill is not None:
        taught = config.distill
        assert (given["teacher"], given["share"], given["texts"]) == (
            "models/best",
            0.25,
            "more.txt",
        )
        assert taught.teacher == given["teacher"]
    kept = {*("corpus", "text_column", "label_column", "limit", "label_separator", "label_columns")}
    kept |= {*settings_of(ClassifierSettings), "user_dictionary"}
    run, chosen = asked_for(None, {name: value for name, value in given.items() if name in kept})
    expected = {name: value for name, value in config.classifier.items() if name != "class_weight"}
    assert {name: value for name, value in chosen.items() if name != "class_weight"} == expected
    assert RunConfig(**run, classifier=config.classifier, distill=config.distill) == config


def test_an_ensemble() -> None:
    config = EnsembleConfig("sample", [{"epochs": 1}, {"epochs": 2}])
    *members, together = ensemble_commands(config)
    assert [understood(line)["epochs"] for line in members] == [1, 2]
    assert understood(together)["bundles"] == tuple(understood(line)["out"] for line in members)


def test_the_table_names_every_setting_of_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSENT_LANG", "en")
    given: dict[str, Any] = {"epochs": 3, "tokenizer_options": {"가": 1}}
    table = settings_table(Reader(), [given], {"epochs": 3, "seed": 5})
    found = {row[0]: row[1] for row in table.rows}
    assert list(found) == list(settings_of(ClassifierSettings))
    assert found["epochs"] == "3 ✓"
    assert found["seed"] == "5"
    assert found["tokenizer_options"] == '{"가": 1} ✓'
    several = settings_table(Reader(), [{"epochs": 3}, {"seed": 1}], None)
    assert [row[0] for row in several.rows] == ["epochs", "seed"]
    assert several.rows[0][1:3] == ["3 ✓", str(settings_of(ClassifierSettings)["epochs"].default)]
