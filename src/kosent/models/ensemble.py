"""``Ensemble``: several trained classifiers that answer together, saved as one model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from kosent.bundles import ensemble as ensemble_file
from kosent.bundles.manifest import ENSEMBLE, Saved, read_saved, unusable
from kosent.bundles.model import unpack
from kosent.bundles.probes import PROBES, Probes, probes_of
from kosent.errors import UsageError
from kosent.metrics.multilabel import MultilabelReport
from kosent.metrics.report import Labels, Report, not_trained_on, report
from kosent.models.classifier import TextClassifier
from kosent.models.ensemble_weights import Weighting, fit_weighting
from kosent.models.held import HeldOut
from kosent.prediction.estimator import Estimator, report_of
from kosent.prediction.pool import Member, Pool, combine, side_by_side
from kosent.prediction.predictor import Predicted, Probabilities
from kosent.prediction.saved import PATIENCE, check_probes
from kosent.prediction.trial import on_trial
from kosent.support.classes import check_labels, class_numbers
from kosent.support.inputs import check_texts
from kosent.support.paths import user_path
from kosent.support.signed import sha256
from kosent.support.version import __version__
from kosent.support.weights import check_weights
from kosent.text.stream import chunks

if TYPE_CHECKING:
    from kosent.prediction.explaining import Answering

Scores = Report | MultilabelReport

_FIGURES = ("accuracy", "macro_f1", "micro_f1", "lrap")  # of a member, where its report has them


class Ensemble(Estimator):
    """Classifies texts with several trained classifiers.

    The scores of the members are added, each times its weight, and softmax makes probabilities of
    the sum (``kosent.models.ensemble_weights``).

    Args:
        members: Fitted classifiers of the same labels, 2 to 64.

    Attributes:
        classes_: The labels, in the order of ``predict_proba``'s columns.
        members_: The members.
        weights_: One a member, 0 or more; a member of weight 0 is not asked.
        bias_: One a class, added to its score.
        thresholds_: Probability from which on each label is given, where a text may have several.
        validation_: ``Report`` on the texts that the weights were fitted on.
        held_: What those texts got, by ``fit`` alone (``kosent.models.held``).
        info_: Where it comes from, as saved.
    """

    def __init__(self, members: Sequence[TextClassifier]) -> None:
        self.members = members

    def __repr__(self) -> str:
        """Name the members' networks, and the labels."""
        networks = ", ".join(member.architecture for member in self.members)
        labels = self.classes_.tolist() if hasattr(self, "info_") else "not fitted"
        return f"Ensemble({len(self.members)} models: {networks}; {labels})"

    def fit(
        self,
        texts: Sequence[str],
        labels: Labels,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Fit the weights; the members stay as they are.

        Args:
            texts: ``n`` strings that no member learned from: their common validation split.
            labels: Their labels, as the members learned them.
            sample_weight: What each text counts ``(n,)``, 0 or more.

        Returns:
            Itself.

        Raises:
            DataError: If a text is no string, a label is not one of the members', or a weight no
                number of at least 0.
            UsageError: If there are too few or too many members, one is not fitted, or their labels
                differ.
        """
        texts = check_texts(texts)
        counts = None if sample_weight is None else check_weights(sample_weight, len(texts))
        self._take(self.members)
        found = self._member_probabilities(texts)
        if self.members_[0].thresholds_ is not None:
            from kosent.models.ensemble_labels import fit_labels

            weighting, self.thresholds_, scores, whole, self.held_ = fit_labels(
                self, found, labels, counts
            )
            self._weigh(weighting, whole, [each.to_dict() for each in scores])
            return self
        listed = check_labels(labels, len(texts))
        classes = self.classes_.tolist()
        if unknown := set(listed) - set(classes):
            raise not_trained_on(unknown, classes)
        reports = [
            report(listed, self.classes_[each.argmax(axis=1)].tolist(), classes).to_dict()
            for each in found
        ]
        numbers = class_numbers(listed, self.classes_)
        weighting = fit_weighting(found, numbers, self._counted(numbers, counts))
        together = combine(found, weighting.weights, weighting.bias)
        self.held_ = HeldOut(np.arange(len(texts)), numbers, together)
        self._weigh(weighting, report_of(self.classes_, listed, together), reports)
        return self

    def _counted(
        self, numbers: npt.NDArray[np.int32], counts: npt.NDArray[np.float32] | None
    ) -> npt.NDArray[np.float32] | None:
        """Return what each text counts ``(n,)``: more in a class that all members weigh more.

        Without it the biases would bring back how frequent the classes are, which members that
        weigh them were told to leave out.
        """
        from kosent.models.settings import weight_by_number
        from kosent.training.class_weights import row_weights

        first, *others = (member.class_weight for member in self.members_)
        if first is None or any(other != first for other in others):
            return counts
        by_class = row_weights(numbers, weight_by_number(first, self.classes_.tolist()))
        return by_class if counts is None or by_class is None else counts * by_class

    @classmethod
    def weighted(
        cls,
        members: Sequence[TextClassifier],
        weighting: Weighting,
        validation: Scores,
        facts: Mapping[str, Any],
        thresholds: list[float] | None = None,
    ) -> Self:
        """Put members together whose weights were fitted elsewhere.

        Args:
            members: Fitted classifiers of the same labels.
            weighting: Their weights and biases.
            validation: What is to be expected of them together.
            facts: What ``info_`` is to say beside.
            thresholds: Probability from which on each label is given, where a text may have
                several.

        Raises:
            UsageError: If there are too few or too many members, one is not fitted, or their labels
                differ.
        """
        self = cls(members)
        self._take(members)
        if thresholds is not None:
            self.thresholds_ = thresholds
        self._weigh(weighting, validation, [member.info_["validation"] for member in members])
        self.info_ |= facts
        return self

    def _weigh(
        self, weighting: Weighting, validation: Scores, scores: Sequence[Mapping[str, Any]]
    ) -> None:
        self.weights_, self.bias_ = list(weighting.weights), list(weighting.bias)
        self.validation_ = validation
        self.info_ = {
            "kosent_version": __version__,
            "members": [
                {
                    **{name: _parameters(member)[name] for name in ("tokenizer", "architecture")},
                    "validation": {name: each[name] for name in _FIGURES if name in each},
                }
                for member, each in zip(self.members_, scores, strict=True)
            ],
            "rows": {"validation": weighting.rows},
            "validation": validation.to_dict(),
            "weighting": weighting.to_dict(),
        }

    def __sklearn_clone__(self) -> Self:
        """Keep the members as they are: what is fitted here is what they weigh."""
        return type(self)(self.members)

    def predict_noted(self, parts: Iterable[list[str]]) -> Iterator[Predicted]:
        """Return what list after list of texts gets.

        The members go through the lists side by side, so that no more than some lists are in
        memory; members with the same encoder share the ids.

        Args:
            parts: Lists of texts.

        Yields:
            Probabilities and remarks for each list, in order: a text is blank where it is for all
            members that are asked, and cut where it is for one of them.
        """
        return self._pool().predict(parts)

    def _pool(self) -> Pool:
        several = self.thresholds_ is not None
        return Pool(self._networks, self.weights_, self.bias_, several)

    def _answering(self) -> tuple[list[Answering], list[float]]:
        from kosent.prediction.explaining import Answering

        asked = self._pool().asked()
        pairs = [(self.members_[number], self.weights_[number]) for number in asked]
        answering = [
            Answering(member.info_, member.encoder_, member.trained_.network, weight)
            for member, weight in pairs
        ]
        return answering, self.bias_

    def with_members(self, members: Sequence[TextClassifier]) -> Self:
        """Return the ensemble with other members in the places of its own, and their weights.

        Args:
            members: The same classifiers in another form, such as int8.
        """
        other = copy(self)
        other.members = members
        other._take(members)
        return other

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the ensemble, members and all, as one saved model.

        Args:
            path: Folder to write, or one file when the name ends in ``.kosent``; it appears whole
                or not at all.
            overwrite: Replace a saved model that is there.

        Returns:
            The path.

        Raises:
            UsageError: If the ensemble is not fitted, or ``path`` may not be replaced.
            RuntimeSetupError: If the disk refuses.
        """
        self._check_fitted()
        path = user_path(path)
        ensemble_file.write(path, *self._parts(), overwrite=overwrite)
        return path

    def to_bytes(self) -> bytes:
        """Return what :meth:`save` writes to one ``.kosent`` file.

        Raises:
            UsageError: If the ensemble is not fitted.
        """
        self._check_fitted()
        return ensemble_file.to_bytes(*self._parts())

    def _parts(self) -> tuple[dict[str, Any], list[bytes], Probes, str]:
        """Return what is written of it: facts, members, probes and card."""
        from kosent.bundles.card import write_ensemble_card

        labels = self.classes_.tolist()
        several = {} if self.thresholds_ is None else {"thresholds": self.thresholds_}
        facts = {"labels": labels, "weights": self.weights_, "bias": self.bias_, **several}
        return (
            facts | {"info": self.info_},
            [member.to_bytes() for member in self.members_],
            probes_of(self.predict_all(PROBES).probabilities),
            write_ensemble_card(self.info_, labels),
        )

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read an ensemble, run none of its content, and check it and its members on their probes.

        Args:
            path: A folder or ``.kosent`` file that ``save``, ``kosent train`` or
                ``kosent ensemble`` wrote.

        Returns:
            The ensemble, ready to predict; neither Keras nor TensorFlow is loaded for that.

        Raises:
            BundleError: If it is no ensemble, damaged, of a newer format, or predicts otherwise
                here than where it was saved.
        """
        return read_saved(user_path(path), cls.unpack, ENSEMBLE)

    @classmethod
    def unpack(cls, opened: Saved) -> Self:
        """Make an ensemble of a saved one that is open, and check it and its members.

        Args:
            opened: The saved ensemble.

        Raises:
            BundleError: If it is damaged, or predicts otherwise here than where it was saved.
        """
        with on_trial(PATIENCE):  # of all members together
            return cls._unpack(opened)

    @classmethod
    def _unpack(cls, opened: Saved) -> Self:
        saved, path = ensemble_file.unpack(opened), opened.path
        members = [
            TextClassifier.unpack(read(unpack), place) for place, read in saved.members.items()
        ]
        self = cls(members)
        try:
            self._take(members)
        except UsageError as error:
            raise unusable(path, error.english) from error
        if self.classes_.tolist() != saved.labels:
            raise unusable(path, "its members have other labels")
        if (saved.thresholds is None) != (members[0].thresholds_ is None):
            raise unusable(path, "its members have several labels a text, or it has")
        if saved.thresholds is not None:
            self.thresholds_ = saved.thresholds
        self.weights_, self.bias_, self.info_ = saved.weights, saved.bias, saved.info
        check_probes(self, saved.probes, path)
        return self

    def _take(self, members: Sequence[TextClassifier]) -> None:
        """Check the members and note which of them share an encoder."""
        _check_members(members)
        self.members_ = list(members)
        self.classes_ = members[0].classes_
        self._networks: list[Member] = []
        for member in members:
            files = sorted(member.encoder_.files().items())
            key = sha256(repr([(name, sha256(data)) for name, data in files]).encode())
            self._networks.append(Member(key, member.encoder_, member.trained_.network))

    def _member_probabilities(self, texts: list[str]) -> list[Probabilities]:
        """Return float32 ``(n, classes)`` of each member."""
        parts = list(side_by_side(self._networks, chunks(texts)))
        empty = np.empty((0, len(self.classes_)), np.float32)
        return [
            np.concatenate([empty, *(part[number].probabilities for part in parts)])
            for number in range(len(self._networks))
        ]


def _check_members(members: Sequence[TextClassifier]) -> None:
    fewest, most = ensemble_file.FEWEST_MEMBERS, ensemble_file.MOST_MEMBERS
    if not fewest <= len(members) <= most:
        raise UsageError(
            f"앙상블에는 모델이 {fewest}개에서 {most}개까지 필요합니다: {len(members)}개",
            f"an ensemble takes {fewest} to {most} models. Received: {len(members)}",
        )
    for member in members:
        member._check_fitted()
        if hasattr(member, "ensemble_"):
            raise UsageError(
                "auto가 여럿을 모은 모델은 앙상블의 한 모델이 될 수 없습니다. "
                "그 ensemble_.members_를 쓰세요",
                "what auto put together of several models is no member of an ensemble; use its "
                "ensemble_.members_",
            )
    first = members[0].classes_.tolist()
    for member in members[1:]:
        other = member.classes_.tolist()
        if (member.thresholds_ is None) != (members[0].thresholds_ is None):
            raise UsageError(
                "글마다 라벨이 하나인 모델과 여럿인 모델은 함께 쓸 수 없습니다",
                "models of one label a text and of several cannot be combined",
            )
        if other != first or type(other[0]) is not type(first[0]):
            raise UsageError(
                f"라벨이 다른 모델은 함께 쓸 수 없습니다: {first}, {other}",
                f"models with different labels cannot be combined: {first}, {other}",
            )


def _parameters(member: TextClassifier) -> dict[str, Any]:
    parameters: dict[str, Any] = member.info_["parameters"]
    return parameters
