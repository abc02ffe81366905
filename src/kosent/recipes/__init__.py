"""Recipes: whole systems as data, one TOML file each, named by the file.

A recipe names a corpus and the arguments of :class:`kosent.classifier.TextClassifier`, and how many
parameters the network has, which the tests hold it to. Its comment says where it comes from and in
what it differs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from kosent.classifier import TextClassifier
from kosent.errors import DataError, UsageError, unknown_name

__all__ = ["Recipe", "load_recipe", "read_recipe", "recipe_names"]

_SUFFIX = ".toml"
_KINDS: Mapping[str, type] = {
    **{"title": str, "corpus": str, "parameters": int, "classifier": dict},
    "int8": bool,
}
_OPTIONAL = {"int8"}
# Settings that are options of the one named here, so that naming another one leaves them behind.
_OPTIONS_OF = {
    "architecture_options": "architecture",
    "tokenizer_options": "tokenizer",
    "cleaning_options": "cleaning",
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """A system to train.

    Attributes:
        name: Its name.
        title: What it is, Korean and English.
        corpus: Name of its corpus.
        parameters: Number of the network's weights with the corpus' own vocabulary.
        classifier: Arguments of ``TextClassifier``.
        int8: Whether training also leaves the model reduced to int8, in one file.
    """

    name: str
    title: str
    corpus: str
    parameters: int
    classifier: dict[str, Any]
    int8: bool = False

    def changed(self, given: Mapping[str, Any]) -> Recipe:
        """Return the recipe with other arguments of ``TextClassifier``.

        Options of the network, tokenizer or cleaning change one by one; those of the recipe are
        left behind where another network, tokenizer or cleaning is given.
        """
        base = dict(self.classifier)
        for options, owner in _OPTIONS_OF.items():
            if owner in given and given[owner] != base.get(owner):
                base.pop(options, None)
        for name, value in given.items():
            mixed = name in _OPTIONS_OF and isinstance(value, Mapping)
            base[name] = {**base.get(name, {}), **value} if mixed else value
        return replace(self, classifier=base)


def recipe_names() -> list[str]:
    """Return the names of all recipes, in the order of the alphabet."""
    found = (entry.name for entry in files(__name__).iterdir())
    return sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX))


def load_recipe(name: str) -> Recipe:
    """Read a recipe of kosent.

    Raises:
        UsageError: If there is none of that name.
    """
    if name not in recipe_names():
        raise unknown_name("레시피", "recipe", name, recipe_names())
    return read_recipe(name, files(__name__).joinpath(name + _SUFFIX).read_text("utf-8"))


def read_recipe(name: str, text: str) -> Recipe:
    """Read a recipe.

    Args:
        name: Its name.
        text: Its TOML.

    Raises:
        DataError: If it is no TOML, lacks a key, or has one that is not known.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong(name, f"TOML이 아닙니다 ({error})", f"it is no TOML ({error})") from error
    different = sorted((set(document) | _OPTIONAL) ^ set(_KINDS))
    if different:
        listed = ", ".join(different)
        raise _wrong(name, f"없거나 모르는 항목: {listed}", f"missing or unknown: {listed}")
    for key, value in document.items():
        if type(value) is not _KINDS[key]:
            raise _wrong(name, f"값이 잘못된 항목: {key}", f"invalid value of {key}")
    try:
        TextClassifier().set_params(**document["classifier"])
    except UsageError as error:
        raise _wrong(name, error.korean, error.english) from error
    return Recipe(name, **document)


def _wrong(name: str, korean: str, english: str) -> DataError:
    return DataError(f"'{name}' 레시피: {korean}", f"recipe '{name}': {english}")
