"""A saved ensemble that only predicts: without its members' settings, weights, and what trains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kosent.bundles import ensemble as ensemble_file
from kosent.bundles.manifest import Saved, unusable
from kosent.bundles.model import Core, unpack_core
from kosent.prediction.pool import Member, Pool
from kosent.prediction.predictor import Predicted, Predictor
from kosent.prediction.saved import PATIENCE, SavedClassifier, check_probes
from kosent.prediction.trial import on_trial

if TYPE_CHECKING:
    from kosent.prediction.explaining import Answering


class SavedMembers(Predictor):
    """The members of a saved ensemble, checked one by one and together on their probes.

    Args:
        opened: The saved ensemble.

    Raises:
        BundleError: If it is damaged, its parts do not fit together, or it predicts otherwise here
            than where it was saved.
    """

    def __init__(self, opened: Saved) -> None:
        saved, path = ensemble_file.unpack(opened), opened.path
        with on_trial(PATIENCE):  # of all members together
            self._members: list[SavedClassifier] = []
            members: list[Member] = []
            for place, read in saved.members.items():
                core = read(unpack_core)
                _check_alike(core, saved, path)
                classifier = SavedClassifier(core, place)
                self._members.append(classifier)
                members.append(Member(core.encoder_key, classifier.encoder, classifier.network))
            several = saved.thresholds is not None
            self._pool = Pool(members, saved.weights, saved.bias, several)
            self.classes_ = np.asarray(saved.labels)
            self.thresholds_ = saved.thresholds
            self.info_ = saved.info
            check_probes(self, saved.probes, path)

    def predict_noted(self, parts: Iterable[list[str]]) -> Iterator[Predicted]:
        """Return what list after list of texts gets, as ``Ensemble`` does."""
        return self._pool.predict(parts)

    def _answering(self) -> tuple[list[Answering], list[float]]:
        answering: list[Answering] = []
        for number in self._pool.asked():
            ((own,), _) = self._members[number]._answering()
            answering.append(own._replace(weight=self._pool.weights[number]))
        return answering, list(self._pool.bias)


def _check_alike(member: Core, whole: ensemble_file.SavedEnsemble, path: Path) -> None:
    """Refuse a member of other labels than the ensemble's.

    Raises:
        BundleError: If it is one.
    """
    if member.labels != whole.labels or type(member.labels[0]) is not type(whole.labels[0]):
        raise unusable(path, "its members have other labels")
    if (member.thresholds is None) != (whole.thresholds is None):
        raise unusable(path, "its members have several labels a text, or it has")
