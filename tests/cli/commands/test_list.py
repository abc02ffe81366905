"""``kosent list``: every name of every table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kosent import architectures
from kosent.corpora import CORPORA
from kosent.models.settings import ClassifierSettings
from kosent.recipes import recipe_names
from kosent.support.settings import settings_of
from kosent.text.cleaning import PRESETS
from kosent.text.cleaning.rules import NAMES as NAMES_OF_RULES
from kosent.text.noise import NOISES
from kosent.text.tokenizers import TOKENIZERS
from kosent.training.settings import OPTIMIZERS

NAMES = {
    "tokenizers": list(TOKENIZERS),
    "models": list(architectures.ARCHITECTURES),
    "cleaning": list(PRESETS),
    "rules": list(NAMES_OF_RULES),
    "corpora": list(CORPORA),
    "optimizers": list(OPTIMIZERS),
    "settings": list(settings_of(ClassifierSettings)),
    "recipes": recipe_names(),
    "noises": list(NOISES),
}


def test_everything(kosent: Callable[..., Any]) -> None:
    document = kosent("list", "--json").json
    listed = {kind: [item["name"] for item in items] for kind, items in document.items()}
    assert listed == NAMES
    for items in document.values():
        assert all(item["description"] for item in items)


@pytest.mark.parametrize("kind", NAMES)
def test_one_kind(kind: str, kosent: Callable[..., Any]) -> None:
    assert list(kosent("list", kind, "--json").json) == [kind]
    lines = kosent("list", kind).out.splitlines()
    assert lines[0] == kind
    names = [line.split()[0] for line in lines[1:] if not line.startswith("      ")]
    assert names == NAMES[kind]


def test_options_and_defaults(kosent: Callable[..., Any]) -> None:
    document = kosent("list", "--json").json
    lstm = next(item for item in document["models"] if item["name"] == "lstm")
    assert lstm["options"] == architectures.options("lstm")
    okt = next(item for item in document["tokenizers"] if item["name"] == "okt")
    assert okt["options"] | {"norm": False, "stem": False} == okt["options"]
    assert "units=96" in kosent("list", "models").out
    recipes = {item["name"]: item["options"] for item in document["recipes"]}
    assert recipes["fast"] == {"corpus": "nsmc"}
    assert recipes["best"] == {"corpus": "nsmc", "models": 5}
