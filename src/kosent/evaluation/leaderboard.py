"""Trains each system on the same rows and scores it on the same test split, once."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kosent import corpora
from kosent.corpora.base import Split
from kosent.errors import DataError, unknown_name
from kosent.evaluation.baselines import RIVALS
from kosent.metrics.intervals import wilson
from kosent.metrics.report import report
from kosent.models.export import size_of
from kosent.recipes import EnsembleRecipe, Recipe, load_recipe, recipe_names
from kosent.support.progress import Listener, Noting, Silent

if TYPE_CHECKING:
    from kosent.models.classifier import TextClassifier
    from kosent.models.ensemble import Ensemble

_CACHE = "KOSENT_CACHE"


class Rows(NamedTuple):
    """What all systems learn from and are scored on.

    Attributes:
        corpus: Name or path of the corpus.
        train: Its training split, cut to the limit.
        test: Its test split, likewise.
        seed: Seed of kosent's recipes, and of the limit.
        limit: At most this many rows of each split.
        listener: Receives progress events.
    """

    corpus: str
    train: Split
    test: Split
    seed: int
    limit: int | None
    listener: Listener


class Trained(NamedTuple):
    """A trained system: how it predicts, and the bytes that doing so needs on disk."""

    predict: Callable[[Sequence[str]], list[Any]]
    size: int


@dataclass(frozen=True, slots=True)
class Entry:
    """The figures of one system.

    Attributes:
        system: Name of a recipe or a rival.
        accuracy: On the test split.
        low: Lower end of Wilson's 95 % confidence interval of the accuracy.
        high: Its upper end.
        macro_f1: On the test split.
        train_seconds: From texts to a model ready to predict; reading the corpus not included.
        texts_per_second: Test texts, from raw text to label, after a first hundred.
        size: Bytes of the saved model; without the weights to train on with.
    """

    system: str
    accuracy: float
    low: float
    high: float
    macro_f1: float
    train_seconds: float
    texts_per_second: float
    size: int


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The figures of all systems, the most accurate first.

    Attributes:
        corpus: Name of the corpus.
        train_rows: Rows to learn from. kosent's recipes hold a part of them out, the rivals none.
        test_rows: Rows scored.
        seed: Seed of kosent's recipes and of the limit.
        entries: One a system.
    """

    corpus: str
    train_rows: int
    test_rows: int
    seed: int
    entries: tuple[Entry, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self) | {"entries": [asdict(entry) for entry in self.entries]}


DEFAULT_SYSTEMS = ("tfidf-words", "tfidf-characters", "nb-svm", "fasttext", "fast")


def run(
    corpus: str | Path,
    names: Sequence[str] = DEFAULT_SYSTEMS,
    *,
    seed: int = 0,
    limit: int | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
    listener: Listener | None = None,
) -> Leaderboard:
    """Train and score systems one after another.

    Args:
        corpus: Name or path of a corpus with a test split. A recipe is trained on it, whatever
            corpus it was written for.
        names: Recipes and rivals.
        seed: Seed of kosent's recipes, and of the limit.
        limit: Use at most this many rows of each split.
        text_column: Text column of a user's own file; found by its name when ``None``.
        label_column: Label column, likewise.
        listener: Receives progress events, and notices of the corpus.

    Returns:
        The figures.

    Raises:
        UsageError: If a name is not known.
        DataError: If the corpus cannot be used, or has no test split.
        RuntimeSetupError: If a rival's package is not installed.
    """
    listener = listener or Silent()
    for name in names:
        _check(name)
    whole = corpora.load(corpus, listener, text_column=text_column, label_column=label_column)
    loaded = whole.limited(limit, seed)
    loaded.check_trainable()
    if loaded.test is None:
        raise DataError(
            f"'{loaded.name}'에는 시험 자료가 없습니다", f"'{loaded.name}' has no test split"
        )
    rows = Rows(str(corpus), loaded.train, loaded.test, seed, limit, listener)
    entries = []
    for name in names:
        listener.stage(name, None)
        entries.append(_entry(name, rows))
    entries.sort(key=lambda entry: -entry.accuracy)
    sizes = len(loaded.train), len(loaded.test)
    return Leaderboard(loaded.name, *sizes, seed, tuple(entries))


def _check(name: str) -> None:
    if name in RIVALS:
        RIVALS[name]().check()
    elif name not in recipe_names():
        raise unknown_name("시스템", "system", name, [*RIVALS, *recipe_names()])


def _entry(name: str, rows: Rows) -> Entry:
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        make = _rival if name in RIVALS else _recipe
        trained = make(name, rows, Path(folder))
        learned = time.perf_counter()
        trained.predict(rows.test.texts[:100])
        ready = time.perf_counter()
        predicted = trained.predict(rows.test.texts)
        done = time.perf_counter()
    scores = report(rows.test.labels, predicted, sorted(set(rows.train.labels)))
    low, high = wilson(scores.accuracy, scores.rows)
    return Entry(
        system=name,
        accuracy=scores.accuracy,
        low=low,
        high=high,
        macro_f1=scores.macro_f1,
        train_seconds=learned - started,
        texts_per_second=len(rows.test) / (done - ready),
        size=trained.size,
    )


def _rival(name: str, rows: Rows, folder: Path) -> Trained:
    # No seed: scikit-learn's are the same every time, fastText's threads differ every time.
    rival = RIVALS[name]()
    rival.fit(rows.train.texts, rows.train.labels)
    rival.save(folder)
    return Trained(rival.predict, size_of(folder))


def _recipe(name: str, rows: Rows, folder: Path) -> Trained:
    from kosent.models.loading import load

    recipe = load_recipe(name).changed({"seed": rows.seed})
    saved = folder / "bundle"
    with _without_cache():
        if isinstance(recipe, EnsembleRecipe):
            _train_several(recipe, rows, folder).save(saved)
        else:
            _train_one(recipe, rows).save(saved)
    loaded = load(saved)
    return Trained(lambda texts: loaded.predict(texts).tolist(), size_of(saved) - _weights(saved))


def _train_one(recipe: Recipe, rows: Rows) -> TextClassifier:
    from kosent.models.classifier import TextClassifier

    return TextClassifier(**recipe.classifier).fit(rows.train.texts, rows.train.labels)


def _train_several(recipe: EnsembleRecipe, rows: Rows, folder: Path) -> Ensemble:
    """Train as ``kosent train`` does, as many members at once as there are processors."""
    from kosent.runs.config import EnsembleConfig
    from kosent.runs.ensemble import fit_ensemble

    config = EnsembleConfig(rows.corpus, recipe.members, limit=rows.limit, order=recipe.order)
    ensemble, _ = fit_ensemble(config, rows.train, folder, None, Noting(rows.listener))
    return ensemble


def _weights(saved: Path) -> int:
    """Return the bytes of a saved model, or of an ensemble's members, that only training needs."""
    from kosent.bundles.manifest import is_ensemble, read_manifest
    from kosent.bundles.model import WEIGHTS

    manifest = read_manifest(saved)
    if is_ensemble(manifest):
        return sum(map(_weights, saved.glob("*.kosent")))
    size: int = manifest["files"][WEIGHTS]["size"]
    return size


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
