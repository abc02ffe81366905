"""Recipes: whole systems as data, one TOML file each, named by the file.

A recipe names a corpus and the arguments of :class:`kosent.TextClassifier`, and how many parameters
the network has, which the tests hold it to. Its comment says where it comes from and in what it
differs.

A recipe of an ensemble has ``[[members]]`` instead of ``[classifier]``: such arguments each,
or the name of another ``recipe`` and what differs from it. What decides the validation split
(``seed``, ``validation_fraction``, ``validation``) stands above them, for all. A member may say how
many ``minutes`` it takes: the longest are started first.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from kosent.errors import DataError, UsageError, unknown_name
from kosent.models.settings import ClassifierSettings, changed
from kosent.support.paths import user_path
from kosent.training.settings import SPLIT_SETTINGS

__all__ = ["EnsembleRecipe", "Recipe", "load_recipe", "read_recipe", "recipe_names"]

_SUFFIX = ".toml"
_KINDS: Mapping[str, type] = {"title": str, "corpus": str, "classifier": dict}
_OPTIONAL: Mapping[str, type] = {"parameters": int, "int8": bool}
_ENSEMBLE_KINDS: Mapping[str, type] = {"title": str, "corpus": str, "members": list}
_SHARED: Mapping[str, type] = {"seed": int, "validation_fraction": float, "validation": str}
_ENSEMBLE_OPTIONAL: Mapping[str, type] = {"parameters": int, **_SHARED}


@dataclass(frozen=True, slots=True)
class Recipe:
    """A system to train.

    Attributes:
        name: Its name.
        title: What it is, Korean and English.
        corpus: Name of its corpus.
        classifier: Arguments of ``TextClassifier``.
        parameters: Number of the network's weights with the corpus' own vocabulary; those of kosent
            all have it.
        int8: Whether training also leaves the model reduced to int8, in one file.
    """

    name: str
    title: str
    corpus: str
    classifier: dict[str, Any]
    parameters: int | None = None
    int8: bool = False

    @property
    def classifiers(self) -> list[dict[str, Any]]:
        """Arguments of ``TextClassifier`` of all networks: of this one."""
        return [self.classifier]

    def changed(self, given: Mapping[str, Any]) -> Recipe:
        """Return the recipe with other arguments of ``TextClassifier``.

        Options of the network, tokenizer or cleaning change one by one; those of the recipe are
        left behind where another network, tokenizer or cleaning is given.
        """
        return replace(self, classifier=changed(self.classifier, given))


@dataclass(frozen=True, slots=True)
class EnsembleRecipe:
    """An ensemble to train.

    Attributes:
        name: Its name.
        title: What it is, Korean and English.
        corpus: Name of its corpus.
        members: Arguments of ``TextClassifier`` of each member.
        order: Numbers of the members in the order of starting.
        parameters: Number of all networks' weights with the corpus' own vocabularies.
    """

    name: str
    title: str
    corpus: str
    members: list[dict[str, Any]]
    order: list[int]
    parameters: int | None = None

    @property
    def classifiers(self) -> list[dict[str, Any]]:
        """Arguments of ``TextClassifier`` of all networks."""
        return self.members

    def changed(self, given: Mapping[str, Any]) -> EnsembleRecipe:
        """Return the recipe with another seed or validation split of all members.

        Raises:
            UsageError: If something else is given: members differ in it.
        """
        others = sorted(set(given) - set(SPLIT_SETTINGS))
        if others:
            listed, shared = ", ".join(others), ", ".join(SPLIT_SETTINGS)
            raise UsageError(
                f"'{self.name}'은(는) 여러 모델의 레시피여서 {shared}만 바꿀 수 있습니다: {listed}",
                f"the recipe '{self.name}' is one of several models; only {shared} can be changed. "
                f"Received: {listed}",
            )
        return replace(self, members=[{**member, **given} for member in self.members])


def recipe_names() -> list[str]:
    """Return the names of all recipes, in the order of the alphabet."""
    entries = (entry.name for entry in files(__name__).iterdir())
    return sorted(name.removesuffix(_SUFFIX) for name in entries if name.endswith(_SUFFIX))


def load_recipe(name: str) -> Recipe | EnsembleRecipe:
    """Read a recipe of kosent, or one of your own.

    Args:
        name: Its name, or the path of a file that ends in ``.toml``.

    Raises:
        UsageError: If there is none of that name.
        DataError: If it is a file that cannot be read, or no recipe.
    """
    if name.endswith(_SUFFIX):
        return read_recipe(Path(name).stem, _text(user_path(name)))
    if name not in recipe_names():
        raise unknown_name("레시피", "recipe", name, recipe_names())
    return read_recipe(name, files(__name__).joinpath(name + _SUFFIX).read_text("utf-8"))


def read_recipe(name: str, text: str) -> Recipe | EnsembleRecipe:
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
    if "members" in document:
        return _read_ensemble(name, document)
    _check_kinds(name, document, _KINDS, _OPTIONAL)
    _check_arguments(name, document["classifier"])
    return Recipe(name, **document)


def _read_ensemble(name: str, document: dict[str, Any]) -> EnsembleRecipe:
    _check_kinds(name, document, _ENSEMBLE_KINDS, _ENSEMBLE_OPTIONAL)
    settings = ClassifierSettings.of(
        {key: document.pop(key) for key in _SHARED if key in document}
    ).of_split()
    listed = document.pop("members")
    if not all(isinstance(member, dict) for member in listed):
        raise _wrong(name, "값이 잘못된 항목: members", "invalid value of members")
    minutes = [member.pop("minutes", 0) for member in listed]
    if not all(isinstance(each, int | float) for each in minutes):
        raise _wrong(name, "값이 잘못된 항목: minutes", "invalid value of minutes")
    members = [_member(name, member) | settings for member in listed]
    order = sorted(range(len(members)), key=lambda number: -minutes[number])
    return EnsembleRecipe(name, **document, members=members, order=order)


def _member(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return a member's arguments; those that all members share are not its own."""
    base = given.pop("recipe", None)
    own = sorted(set(given) & set(SPLIT_SETTINGS))
    if own:
        listed = ", ".join(own)
        raise _wrong(name, f"모든 모델에 같아야 합니다: {listed}", f"the same for all: {listed}")
    if base is None:
        arguments = given
    else:
        recipe = load_recipe(base)
        if not isinstance(recipe, Recipe):
            raise _wrong(name, f"여러 모델의 레시피입니다: {base}", f"a recipe of several: {base}")
        arguments = recipe.changed(given).classifier
    _check_arguments(name, arguments)
    return arguments


def _check_kinds(
    name: str,
    document: Mapping[str, Any],
    needed: Mapping[str, type],
    optional: Mapping[str, type],
) -> None:
    kinds = {**needed, **{key: optional[key] for key in optional if key in document}}
    different = sorted(set(document) ^ set(kinds))
    if different:
        listed = ", ".join(different)
        raise _wrong(name, f"없거나 모르는 항목: {listed}", f"missing or unknown: {listed}")
    for key, kind in kinds.items():
        if type(document[key]) is not kind:
            raise _wrong(name, f"값이 잘못된 항목: {key}", f"invalid value of {key}")


def _check_arguments(name: str, arguments: Mapping[str, Any]) -> None:
    try:
        ClassifierSettings.of(arguments)
    except UsageError as error:
        raise _wrong(name, error.korean, error.english) from error


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(
            f"'{path}' 레시피를 읽을 수 없습니다 ({reason})",
            f"cannot read the recipe '{path}' ({reason})",
        ) from error


def _wrong(name: str, korean: str, english: str) -> DataError:
    return DataError(f"'{name}' 레시피: {korean}", f"recipe '{name}': {english}")
