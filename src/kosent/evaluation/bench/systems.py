"""What is trained: rivals, recipes of kosent, and kosent with no option given."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kosent import architectures
from kosent.corpora.base import Split
from kosent.errors import KosentError, unknown_name
from kosent.evaluation.baselines import RIVALS, Answers, Model2Vec, Rival
from kosent.language import Message
from kosent.models.export import size_of
from kosent.models.settings import ClassifierSettings
from kosent.recipes import EnsembleRecipe, Recipe, load_recipe, recipe_names
from kosent.support.executors import Local
from kosent.support.plain import to_python
from kosent.support.processes import processors
from kosent.support.progress import Listener, Noting, Silent
from kosent.support.settings import settings_of
from kosent.support.version import __version__

if TYPE_CHECKING:
    from kosent.models.ensemble import Ensemble

DEFAULT = "default"
RIVALS_OF_ALL = "rivals"  # for --systems: every rival that can run here
_SLOW = ("fasttext-autotune",)  # a minute of search a corpus: only where it is asked for
USUAL = (DEFAULT, *(name for name in RIVALS if name not in _SLOW))
_CACHE = "KOSENT_CACHE"


class Trained(NamedTuple):
    """A trained system: how it answers, and the bytes that doing so needs on disk."""

    answers: Callable[[Sequence[str]], Answers]
    size: int


class Lesson(NamedTuple):
    """What a system learns from.

    Attributes:
        train: The texts and labels.
        seed: Seed of the system.
    """

    train: Split
    seed: int


def chosen(
    names: Sequence[str] | None, weights: Path | None, listener: Listener
) -> dict[str, Path | None]:
    """Return the systems to train, each with its folder of weights if it takes one.

    Args:
        names: Rivals, recipes by name or path, ``"default"``, or ``"rivals"`` for all rivals.
            Those that cannot run here are left out, and said, unless they are named.
        weights: The folder of model2vec's weights.
        listener: Is told what is left out.

    Raises:
        UsageError: If a name is not known.
        RuntimeSetupError: If the package of a rival that is named is not installed.
    """
    systems: dict[str, Path | None] = {}
    for name in USUAL if names is None else names:
        named = names is not None and name != RIVALS_OF_ALL
        for each in tuple(RIVALS) if name == RIVALS_OF_ALL else (name,):
            folder = weights if each == "model2vec" else None
            try:
                _check(each, folder)
            except KosentError as error:
                if named:
                    raise
                listener.notice(
                    Message(f"{each} 건너뜀: {error.korean}", f"{each} left out: {error.english}")
                )
            else:
                systems.setdefault(each, folder)
    return systems


def is_rival(name: str) -> bool:
    """Tell whether a system is none of kosent's."""
    return name in RIVALS


def is_seeded(name: str) -> bool:
    """Tell whether another seed makes another model of the same rows."""
    return not is_rival(name) or rival(name, None).seeded


def rival(name: str, weights: Path | None) -> Rival:
    """Return a rival, not trained."""
    return Model2Vec(weights) if name == "model2vec" else RIVALS[name]()


def identity(name: str, weights: Path | None) -> dict[str, Any]:
    """Return what decides the figures of a system beside the rows and the seed, for JSON."""
    if is_rival(name):
        found = rival(name, weights)
        return {"settings": found.settings(), "version": found.version()}
    version = f"kosent {__version__}"
    if name == DEFAULT:
        from kosent.models.classifier import TextClassifier

        return {"settings": to_python(TextClassifier().get_params()), "version": version}
    return {"settings": to_python(load_recipe(name).classifiers), "version": version}


def warm(name: str) -> None:
    """Import what a system trains with, so that its seconds are those of training."""
    if is_rival(name):
        import sklearn.feature_extraction.text
        import sklearn.linear_model
        import sklearn.multiclass
        import sklearn.svm
    elif _takes_steps(name):
        import kosent.training.fit
    else:
        import scipy.optimize  # noqa: F401
        import sklearn.linear_model  # noqa: F401
    if not is_rival(name):
        import kosent.models.steps  # noqa: F401


def _takes_steps(name: str) -> bool:
    """Tell whether a system trains with TensorFlow here, which takes seconds to start.

    Linear models are solved; members, and the networks that ``auto`` tries, have processes of their
    own.
    """
    recipe = None if name == DEFAULT else load_recipe(name)
    if not isinstance(recipe, Recipe):
        return False
    given = recipe.classifier
    usual = settings_of(ClassifierSettings)["architecture"].default
    options = given.get("architecture_options") or {}
    return architectures.trainer(given.get("architecture", usual), options) != "solved"


def train(name: str, weights: Path | None, lesson: Lesson, folder: Path) -> Trained:
    """Train a system, save it and make it ready to answer.

    Args:
        name: Its name.
        weights: As :func:`chosen` gives it.
        lesson: What it learns from.
        folder: An empty folder.
    """
    if is_rival(name):
        system = rival(name, weights)
        system.fit(lesson.train.texts, lesson.train.labels, lesson.seed)
        system.save(folder)
        return Trained(system.answers, size_of(folder))
    from kosent.models.loading import load

    saved = folder / "bundle"
    with _without_cache():
        _learned(name, lesson, folder).save(saved)
    loaded = load(saved)
    names = [str(label) for label in loaded.classes_.tolist()]

    def answers(texts: Sequence[str]) -> Answers:
        probabilities = loaded.predict_proba(texts)
        best = probabilities.argmax(axis=1).tolist()
        sure = probabilities.max(axis=1).astype(np.float32)
        return Answers([names[number] for number in best], sure)

    return Trained(answers, size_of(saved) - _weights(saved))


def _check(name: str, weights: Path | None) -> None:
    if is_rival(name):
        rival(name, weights).check()
    elif name.endswith(".toml"):
        load_recipe(name)
    elif name != DEFAULT and name not in recipe_names():
        known = [DEFAULT, RIVALS_OF_ALL, *RIVALS, *recipe_names()]
        raise unknown_name("시스템", "system", name, known)


def _learned(name: str, lesson: Lesson, folder: Path) -> Any:
    from kosent.models.classifier import TextClassifier

    rows = lesson.train
    if name == DEFAULT:
        return TextClassifier(seed=lesson.seed).fit(rows.texts, rows.labels)
    recipe = load_recipe(name).changed({"seed": lesson.seed})
    if isinstance(recipe, Recipe):
        return TextClassifier(**recipe.classifier).fit(rows.texts, rows.labels)
    return _several(recipe, lesson, folder)


def _several(recipe: EnsembleRecipe, lesson: Lesson, folder: Path) -> Ensemble:
    """Train as ``kosent train`` does, as many members at once as there are processors."""
    from kosent.runs.config import EnsembleConfig
    from kosent.runs.ensemble import fit_ensemble, train_unfinished, unfinished

    place = folder / "train.jsonl"  # members read their rows themselves
    rows = zip(lesson.train.texts, lesson.train.labels, strict=True)
    lines = (json.dumps({"text": text, "label": label}) for text, label in rows)
    place.write_text("\n".join(lines) + "\n")
    config = EnsembleConfig(str(place), recipe.members, "text", "label", order=recipe.order)
    executor = Local(min(processors(), len(recipe.members)))
    train_unfinished(config, unfinished(config, folder), executor, Noting(Silent()))
    return fit_ensemble(config, lesson.train, folder, Silent())[0]


def _weights(saved: Path) -> int:
    """Return the bytes of a saved model, or of an ensemble's members, that only training needs."""
    from kosent.bundles.manifest import is_ensemble, read_manifest
    from kosent.bundles.model import WEIGHTS

    manifest = read_manifest(saved)
    if is_ensemble(manifest):
        return sum(map(_weights, saved.glob("*.kosent")))
    files: Mapping[str, Mapping[str, int]] = manifest["files"]
    return files[WEIGHTS]["size"] if WEIGHTS in files else 0


@contextmanager
def _without_cache() -> Iterator[None]:
    """Tokenize anew: what was remembered from before would flatter the time."""
    before = os.environ.get(_CACHE)
    os.environ[_CACHE] = "off"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_CACHE]
        else:
            os.environ[_CACHE] = before
