"""``kosent.load``: whatever was saved, by what its manifest says that it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kosent.bundles.manifest import Saved, is_ensemble, read_saved
from kosent.bundles.model import unpack, unpack_core
from kosent.bundles.place import located

if TYPE_CHECKING:
    from kosent.models.classifier import TextClassifier
    from kosent.models.ensemble import Ensemble
    from kosent.prediction.predictor import Predictor


def load(path: str | Path) -> TextClassifier | Ensemble:
    """Read a saved model, run none of its content, and check it on its probes.

    It is self-contained: it can be pickled, saved and trained on from when its file is gone.

    Args:
        path: A folder or ``.kosent`` file that ``save``, ``kosent train``, ``kosent ensemble`` or
            ``kosent export`` wrote; or ``hf:owner/name`` for what ``kosent push`` put on the hub
            (``hf:owner/name@revision`` for a certain state of it).

    Returns:
        The classifier, or the ensemble of several, ready to predict; neither Keras nor TensorFlow
        is loaded for that.

    Raises:
        BundleError: If it is no saved model, damaged, of a newer format, or predicts otherwise
            here than where it was saved.
        DownloadError: If the hub cannot be reached.
    """
    return read_saved(located(path), _whole)


def load_predictor(path: str | Path) -> Predictor:
    """Read of a saved model what predicts, and check it on its probes.

    For processes that do nothing else: settings, weights and all that trains stay out of memory.

    Args:
        path: As for :func:`load`.

    Raises:
        BundleError: As :func:`load`.
    """
    return read_saved(located(path), _predictor)


def load_versioned(path: str | Path) -> tuple[Predictor, str]:
    """Read what :func:`load_predictor` reads, and which model it is.

    Args:
        path: As for :func:`load`.

    Returns:
        What predicts, and the SHA-256 of its manifest, which stands for the whole model.

    Raises:
        BundleError: As :func:`load`.
    """
    return read_saved(located(path), lambda saved: (_predictor(saved), saved.sha256))


def _predictor(saved: Saved) -> Predictor:
    if is_ensemble(saved.manifest):
        from kosent.prediction.saved_ensemble import SavedMembers

        return SavedMembers(saved)
    if saved.manifest["format_version"] == 1:  # which has no network but the weights
        return _whole(saved)
    from kosent.prediction.saved import SavedClassifier

    return SavedClassifier(unpack_core(saved), saved.path)


def _whole(saved: Saved) -> TextClassifier | Ensemble:
    if is_ensemble(saved.manifest):
        from kosent.models.ensemble import Ensemble

        return Ensemble.unpack(saved)
    from kosent.models.classifier import TextClassifier

    return TextClassifier.unpack(unpack(saved), saved.path)
