"""A saved classifier that only predicts: without its settings, its weights, and all that trains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kosent.bundles.manifest import unusable
from kosent.bundles.model import Core
from kosent.bundles.probes import Probes, probes_differ
from kosent.prediction.network import Network
from kosent.prediction.predictor import Predicted, Predictor, predicted
from kosent.prediction.trial import on_trial

if TYPE_CHECKING:
    from kosent.prediction.explaining import Answering


PATIENCE = 1.0  # seconds of a processor for all networks on the probes; most take a hundredth


class SavedClassifier(Predictor):
    """A saved classifier, ``encoder`` and ``network``, checked on its probes.

    Args:
        core: What predicts of it; its network is there, as in all bundles since format 2.
        path: Where it is, as errors name it.

    Raises:
        BundleError: If its parts do not fit together, or it predicts otherwise here than where it
            was saved.
    """

    def __init__(self, core: Core, path: Path) -> None:
        try:
            self.network = Network(core.onnx or b"", len(core.labels))
        except ValueError as error:
            raise unusable(path, str(error)) from error
        self.encoder = core.encoder
        self.classes_ = np.asarray(core.labels)
        self.thresholds_ = core.thresholds
        self.info_ = core.info
        with on_trial(PATIENCE):
            check_probes(self, core.probes, path)

    def predict_noted(self, parts: Iterable[list[str]]) -> Iterator[Predicted]:
        """Return what list after list of texts gets, as ``TextClassifier`` does."""
        return predicted(self.network, map(self.encoder.encode_noted, parts))

    def _answering(self) -> tuple[list[Answering], list[float]]:
        from kosent.prediction.explaining import Answering

        answering = Answering(self.info_, self.encoder, self.network)
        return [answering], [0.0] * len(self.classes_)


def check_probes(predictor: Predictor, probes: Probes, path: Path) -> None:
    """Refuse a model that predicts otherwise here than where it was saved.

    Args:
        predictor: The model.
        probes: Texts, and their probabilities of then.
        path: Where the model is, as the error names it.

    Raises:
        BundleError: If it does.
    """
    here = predictor.predict_all([text for text, _ in probes]).probabilities
    if difference := probes_differ(probes, here):
        raise unusable(path, f"the probe texts get other probabilities here: {difference}")
