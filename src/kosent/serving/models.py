"""The models that are served, by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kosent.bundles.manifest import MANIFEST
from kosent.models.loading import load_versioned
from kosent.prediction.predictor import Predictor
from kosent.serving import refusals
from kosent.support.paths import user_path

Identity = tuple[tuple[int, int, int], ...]  # inode, time and size, of a folder its manifest's too

# What a card says of a model, of all that its info holds.
_FACTS = ("kosent_version", "rows", "validation", "test")
_FIGURES = ("accuracy", "macro_f1", "micro_f1", "lrap")
_DIGITS = 12  # of the SHA-256 that is a version


@dataclass(frozen=True, slots=True)
class Served:
    """A model as it was read at one time; it stays as it is.

    Attributes:
        name: Its name.
        path: Where it was read.
        predictor: What predicts.
        labels: Its labels, as JSON has them.
        version: The beginning of its manifest's SHA-256.
        size: Bytes on disk.
        loaded_at: When it was read.
        identity: What told it on disk from others just before it was read.
    """

    name: str
    path: Path
    predictor: Predictor
    labels: list[str]
    version: str
    size: int
    loaded_at: datetime
    identity: Identity | None

    def document(self) -> dict[str, Any]:
        """Return what is told of it."""
        return {
            "name": self.name,
            "version": self.version,
            "labels": self.labels,
            "multilabel": self.predictor.thresholds_ is not None,
            "size": self.size,
            "loaded_at": self.loaded_at.isoformat(timespec="seconds"),
            "card": _card(self.predictor.info_),
        }


def read_served(name: str, path: str | Path) -> Served:
    """Read a model and check it on its probes.

    Raises:
        BundleError: If it is no saved model, or damaged.
    """
    place = user_path(path)
    before = identity_of(place)
    predictor, checksum = load_versioned(place)
    return Served(
        name,
        place,
        predictor,
        [str(label) for label in predictor.classes_.tolist()],
        checksum[:_DIGITS],
        size_of(place),
        datetime.now(UTC),
        before,
    )


def identity_of(path: Path) -> Identity | None:
    """Return what tells a saved model from one that takes its place; None where there is none."""
    try:
        about = [path.stat()]
        if path.is_dir():
            about.append((path / MANIFEST).stat())
    except OSError:
        return None
    return tuple((each.st_ino, each.st_mtime_ns, each.st_size) for each in about)


def size_of(path: Path) -> int:
    """Return the bytes of a saved model, a file or a folder."""
    files = path.iterdir() if path.is_dir() else (path,)
    return sum(file.stat().st_size for file in files if file.is_file())


class Models:
    """The models by name; the first is the default one.

    Args:
        served: The models, each of another name.
    """

    def __init__(self, served: Iterable[Served]) -> None:
        self._served = {each.name: each for each in served}
        self.default = next(iter(self._served))

    def __iter__(self) -> Iterator[Served]:
        return iter(list(self._served.values()))

    def find(self, name: str | None) -> Served:
        """Return the model of a name, as it is now.

        Raises:
            Refusal: If there is none.
        """
        found = self._served.get(self.default if name is None else name)
        if found is None:
            raise refusals.unknown_model(str(name), self._served)
        return found

    def replace(self, served: Served) -> None:
        """Put a model in the place of that of its name; who has that one keeps it."""
        self._served[served.name] = served

    def document(self) -> dict[str, Any]:
        """Return what is told of all of them."""
        models = [each.document() for each in self._served.values()]
        return {"default": self.default, "models": models}


def _card(info: Mapping[str, Any]) -> dict[str, Any]:
    """Return a few facts about where a model comes from."""
    facts = {name: info[name] for name in _FACTS if name in info}
    for name in ("validation", "test"):
        scores = facts.pop(name, None)
        if isinstance(scores, Mapping):
            facts[name] = {each: scores[each] for each in _FIGURES if each in scores}
    corpus = info.get("corpus")
    if isinstance(corpus, Mapping) and isinstance(corpus.get("name"), str):
        facts["corpus"] = Path(corpus["name"]).name  # of a file not where it lies
    return facts
