"""One callable for engines that hand over a table in pieces: Ray, Dask, Daft, Spark, a pool."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from kosent.bundles.manifest import MANIFEST
from kosent.bundles.place import SCHEME, located
from kosent.models.loading import load_versioned
from kosent.prediction.frames import predict_arrays, predict_frame
from kosent.prediction.predictor import Predictor
from kosent.support.checks import check_count
from kosent.support.paths import user_path
from kosent.support.processes import at_most

_MODELS = 4  # kept in a process
_loading = Lock()  # threads of a process wait for one of them to load


class Predict:
    """Adds the answers of a saved model to a table, piece by piece.

    It pickles as these settings. The model is loaded by the first piece, once a process, also where
    the callable arrives anew with each piece.

    Args:
        bundle: A saved model, as for :func:`kosent.load`, that lies there on every machine; the
            packaged one without it.
        text: The column of the texts; found by its name when ``None``.
        min_confidence: From 0 to 1: a text whose most probable label is less probable gets none.
        threads: How many threads predict, as a rule one: engines start a process a processor.

    Raises:
        UsageError: If ``threads`` is not a whole number of at least 1.
    """

    def __init__(
        self,
        bundle: str | Path | None = None,
        text: str | None = None,
        min_confidence: float | None = None,
        threads: int = 1,
    ) -> None:
        check_count("threads", threads)
        is_place = bundle is not None and not str(bundle).startswith(SCHEME)
        # Engines run what they are given in folders of their own.
        self.bundle = str(user_path(bundle).absolute()) if is_place and bundle else bundle
        self.text = text
        self.min_confidence = min_confidence
        self.threads = threads

    def __call__(self, batch: Any) -> Any:
        """Return a piece of a table with the answers beside it.

        Args:
            batch: A dict of arrays, a DataFrame of pandas or polars, or a table of Arrow. A missing
                text gets no answer.

        Returns:
            The same kind of table, with the columns ``label``, ``confidence`` and one a class; with
            ``labels`` and one a class where a text may have several.

        Raises:
            DataError: If a text is no string, or it is not sure which column holds them.
            UsageError: If there is no such column, or it is no table.
            BundleError: If the model cannot be loaded.
        """
        answer = predict_arrays if isinstance(batch, Mapping) else predict_frame
        with at_most(self.threads):
            return answer(self.predictor, batch, self.text, self.min_confidence)

    @property
    def predictor(self) -> Predictor:
        """The model, loaded where this process does not have it yet."""
        return loaded(self.bundle)[0]

    @property
    def sha256(self) -> str:
        """Which model it is: the SHA-256 of its manifest."""
        return loaded(self.bundle)[1]

    def __repr__(self) -> str:
        """Return the call that makes it."""
        settings = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"Predict({settings})"


def loaded(bundle: str | Path | None) -> tuple[Predictor, str]:
    """Return a saved model and its SHA-256, loaded once a process; anew where its file has changed.

    Args:
        bundle: As of :class:`Predict`.

    Raises:
        BundleError: If it cannot be loaded.
    """
    if bundle is None:
        from kosent.models.pretrained import pretrained_path

        bundle = pretrained_path()
    path = located(bundle)
    with _loading:
        return _loaded(path, _stamp(path))


@lru_cache(_MODELS)
def _loaded(path: Path, stamp: object) -> tuple[Predictor, str]:
    del stamp
    return load_versioned(path)


def _stamp(path: Path) -> object:
    """Return what changes with a model's file; of what is none, loading tells it better."""
    try:
        found = (path / MANIFEST if path.is_dir() else path).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
