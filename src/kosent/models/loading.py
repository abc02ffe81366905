"""``kosent.load``: whatever was saved, by what its manifest says that it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kosent.bundles.manifest import is_ensemble, open_saved
from kosent.models.classifier import TextClassifier

if TYPE_CHECKING:
    from kosent.models.ensemble import Ensemble


def load(path: str | Path) -> TextClassifier | Ensemble:
    """Read a saved model, run none of its content, and check it on its probes.

    Args:
        path: A folder or ``.kosent`` file that ``save``, ``kosent train``, ``kosent ensemble`` or
            ``kosent export`` wrote.

    Returns:
        The classifier, or the ensemble of several, ready to predict; neither Keras nor TensorFlow
        is loaded for that.

    Raises:
        BundleError: If it is no saved model, damaged, of a newer format, or predicts otherwise
            here than where it was saved.
    """
    path = Path(path)
    if is_ensemble(open_saved(path).manifest):
        from kosent.models.ensemble import Ensemble  # takes 4 ms to import

        return Ensemble.load(path)
    return TextClassifier.load(path)
