"""Every setting of every recipe, once more: what a post prints does not change by a slip.

The figures of a post stand for these settings (``docs/en/recipes-posts.md``), and those of the
others for theirs (``docs/en/figures.md``). Whoever changes one changes it in ``settings.json`` too,
and measures.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kosent.recipes import load_recipe, recipe_names

SETTINGS = json.loads(Path(__file__).with_name("settings.json").read_bytes())


def test_every_recipe_is_in_the_table() -> None:
    assert recipe_names() == sorted(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_settings_are_those_that_were_measured(name: str) -> None:
    settings = [dict(each) for each in load_recipe(name).classifiers]
    assert json.loads(json.dumps(settings, default=list)) == SETTINGS[name]
