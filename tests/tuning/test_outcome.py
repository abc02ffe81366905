"""A recipe that is written is read as it was."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from kosent.recipes import Recipe, read_recipe
from kosent.tuning.outcome import Trial, recipe, table

ARGUMENTS: dict[str, Any] = {
    "architecture": "hybrid",
    "architecture_options": {"widths": [2, 3], "dropout": 0.1, "shared_embedding": False},
    "tokenizer_options": {"user_dictionary": [['갓겜 "최고"', "Noun"]]},
    "learning_rate": 1e-05,
    "class_weight": {"싫다": 2, "좋 다": 0.5},
    "label_smoothing": 0.0,
}


@pytest.mark.parametrize("corpus", ["nsmc", "/자료/내 글 👍\\n\t.csv"])
def test_a_recipe_there_and_back(corpus: str) -> None:
    text = recipe("찾은 것 / found", corpus, {**ARGUMENTS, "batch_size": None}, "a remark")
    found = read_recipe("best", text)
    assert isinstance(found, Recipe)
    assert found.classifier == ARGUMENTS
    assert found.corpus == corpus
    assert text.startswith("# a remark\n")


def test_the_table_has_every_setting() -> None:
    trials = [
        Trial(0, "complete", 0.7, 0.8, 2, 1.5, {"units": 4}),
        Trial(1, "failed", None, None, None, 0.1, {"units": 8, "dropout": 0.1}, "too, few"),
    ]
    first, second = csv.DictReader(table(trials).splitlines())
    assert (first["value"], first["dropout"], first["units"]) == ("0.7", "", "4")
    assert (second["state"], second["reason"]) == ("failed", "too, few")
