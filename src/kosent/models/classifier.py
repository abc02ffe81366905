"""``TextClassifier``: texts and labels in, a model that travels with its preprocessing out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from kosent.bundles import model as bundle
from kosent.bundles.manifest import Saved, is_ensemble, read_saved, unusable
from kosent.bundles.place import located
from kosent.bundles.probes import PROBES
from kosent.models.saving import pack, parameters_from_data
from kosent.models.settings import ClassifierSettings
from kosent.models.trained import Trained
from kosent.prediction.estimator import Estimator
from kosent.prediction.predictor import Predicted, predicted
from kosent.prediction.saved import PATIENCE, check_probes
from kosent.prediction.trial import on_trial
from kosent.support.estimator import TextEstimator
from kosent.support.packages import backend, require
from kosent.support.paths import user_path
from kosent.support.progress import Listener, Silent
from kosent.support.settings import documented, positional

if TYPE_CHECKING:
    import keras
    import numpy.typing as npt

    from kosent.metrics.multilabel import MultilabelReport
    from kosent.metrics.report import Labels, Report
    from kosent.models.auto.automatic import Tried
    from kosent.models.ensemble import Ensemble
    from kosent.models.held import HeldOut
    from kosent.prediction.explaining import Answering
    from kosent.text.encoding.encoder import TextEncoder
    from kosent.training.history import Record


# Packages that those who only predict may leave out, as they may Keras' backend.
TO_TRAIN = ("keras", "onnx", "safetensors", "sklearn")


class _Learned:
    """What ``fit`` or ``load`` sets; no fields, which would be arguments of the constructor."""

    classes_: npt.NDArray[Any]
    encoder_: TextEncoder
    trained_: Trained
    history_: list[Record]
    validation_: Report | MultilabelReport
    held_: HeldOut
    info_: dict[str, Any]
    ensemble_: Ensemble
    tried_: list[Tried]
    _model_: keras.Model
    _bundle_: Path  # where it was loaded from


@documented
@dataclass(eq=False, repr=False)
class TextClassifier(_Learned, ClassifierSettings, Estimator):
    """Classifies texts with a network of ``kosent.architectures``.

    Follows scikit-learn: the constructor only stores its arguments, ``fit`` learns what ends
    in ``_``; ``clone``, ``cross_val_score`` and ``Pipeline`` work.

    {settings}

    Attributes:
        classes_: The labels, in the order of ``predict_proba``'s columns.
        ensemble_: The ``Ensemble`` that answers, where ``auto`` found several models best together;
            each of its ``members_`` has what follows.
        tried_: What ``auto`` tried, the best first.
        encoder_: The fitted ``TextEncoder``: the only way from text to ids.
        thresholds_: With ``multilabel`` the probability from which on each label is given, fitted
            for F1 on the validation split; ``None`` without.
        trained_: The trained network, as ONNX Runtime runs it. Predictions need no Keras.
        model_: The same as a ``keras.Model``, built when it is first asked for. What is done to
            it does not change predictions.
        history_: One record an epoch.
        validation_: ``Report`` on the validation split, with the weights that were kept; with
            ``multilabel`` a ``MultilabelReport``.
        held_: What the held-out texts got, by ``fit`` alone: their row numbers, class numbers and
            probabilities, from models that had not learned them.
        info_: Where the model comes from, as saved in its bundle.
    """

    architecture: str = positional(ClassifierSettings, "architecture")

    __repr__ = TextEstimator.__repr__  # before that of the settings, which names all

    def check(self) -> None:
        """Refuse wrong settings before anything is read, written or loaded.

        Raises:
            UsageError: If a name or setting cannot be used.
            RuntimeSetupError: If a package of training is not installed, or of the tokenizer.
        """
        require(*TO_TRAIN, backend())
        self.checked().tokenizer.identity()

    def fit(
        self,
        texts: Sequence[str],
        labels: Labels,
        sample_weight: npt.ArrayLike | None = None,
        *,
        targets: npt.ArrayLike | None = None,
        extra: tuple[Sequence[str], npt.ArrayLike] | None = None,
        run_folder: str | Path | None = None,
        resume: bool = False,
        listener: Listener | None = None,
    ) -> Self:
        """Train on texts and labels.

        What was learned before is forgotten first, so that an interrupted call leaves a
        classifier that is not fitted, never a mixture of two.

        Args:
            texts: ``n`` strings: a list, a NumPy array or a pandas Series.
            labels: ``n`` labels, strings or integers, of two or more classes. With
                ``multilabel`` a list of labels for each text, which may be empty, or a column of
                zeros and ones for each label ``(n, labels)``.
            sample_weight: What each text counts ``(n,)``, 0 or more, times what its class does
                (``class_weight``): in what is learned, and of the validation split in what decides
                on stopping, weights and temperature. Tokenizer, vocabulary and split go by the
                texts as they are, and so do the figures of ``validation_``.
            targets: Probabilities ``(n, classes)`` to learn instead of the labels, columns in
                the order of the sorted labels, rows adding up to 1: what a teacher says (Hinton et
                al. 2015). The validation split stays with its labels, which alone decide on
                stopping, weights, temperature and figures.
            extra: Further texts, without labels, and their targets: learned too, by tokenizer and
                vocabulary as well, and never held out. None of them should be among ``texts``, or
                the validation split would be learned. In ``class_weight`` they count as their most
                probable class.
            run_folder: Keeps encoder, checkpoints and metrics of the run; nothing is written
                without it.
            resume: Go on from what a killed run left in ``run_folder``.
            listener: Receives progress events.

        Returns:
            Itself.

        Raises:
            DataError: If a text is no string, a target no probability, a weight no number of at
                least 0, or there are too few rows or classes.
            UsageError: If a name or setting is wrong.
            RuntimeSetupError: If the disk refuses, or Java is missing for ``okt``.
        """
        from kosent.models.steps import Lesson, learn

        require(*TO_TRAIN, backend())
        encoder = self.checked()
        settled = self.settled()
        self._forget()
        lesson = Lesson(texts, labels, targets, extra, sample_weight)
        folder = user_path(run_folder) if run_folder else None
        listener = listener or Silent()
        if self.is_automatic and targets is None and extra is None:
            from kosent.models.auto.fitting import learn_automatically

            learned = learn_automatically(self, lesson, folder, listener)
        else:
            learned = learn(settled, encoder, lesson, folder, resume, listener)
        vars(self).update(learned)
        return self

    def predict_noted(self, parts: Iterable[list[str]]) -> Iterator[Predicted]:
        """Return what list after list of texts gets.

        Args:
            parts: Lists of texts; some are encoded while the one before is predicted.

        Yields:
            Probabilities and remarks for each list, in order.
        """
        if hasattr(self, "ensemble_"):
            return self.ensemble_.predict_noted(parts)
        return predicted(self.trained_.network, map(self.encoder_.encode_noted, parts))

    def _answering(self) -> tuple[list[Answering], list[float]]:
        from kosent.prediction.explaining import Answering

        if hasattr(self, "ensemble_"):
            return self.ensemble_._answering()
        answering = Answering(self.info_, self.encoder_, self.trained_.network)
        return [answering], [0.0] * len(self.classes_)

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the classifier as a bundle.

        Args:
            path: Folder to write, or one file when the name ends in ``.kosent``; it appears whole
                or not at all.
            overwrite: Replace a bundle that is there.

        Returns:
            The path.

        Raises:
            UsageError: If the classifier is not fitted, or ``path`` may not be replaced.
            RuntimeSetupError: If the disk refuses.
        """
        from kosent.bundles.writing import write_model

        path = user_path(path)
        if hasattr(self, "ensemble_"):
            return self.ensemble_.save(path, overwrite=overwrite)
        write_model(path, self._packed(), overwrite=overwrite)
        return path

    def to_bytes(self) -> bytes:
        """Return what :meth:`save` writes to one ``.kosent`` file.

        Raises:
            UsageError: If the classifier is not fitted.
        """
        from kosent.bundles.writing import to_bytes

        if hasattr(self, "ensemble_"):
            return self.ensemble_.to_bytes()
        return to_bytes(self._packed())

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a classifier from a bundle, run none of its content, and check it on its probes.

        Args:
            path: As for :func:`kosent.load`.

        Returns:
            The classifier, ready to predict; neither Keras nor TensorFlow is loaded for that.

        Raises:
            BundleError: If it is no bundle, damaged, of a newer format, or predicts otherwise
                here than where it was saved.
        """
        return read_saved(located(path), cls._open)

    @classmethod
    def _open(cls, saved: Saved) -> Self:
        """Make a classifier of a saved model that is open: one network, or several of ``auto``."""
        if not is_ensemble(saved.manifest):
            return cls.unpack(bundle.unpack(saved), saved.path)
        info = saved.manifest["info"]
        if "auto" not in info:
            from kosent.bundles.refusals import other_kind

            raise other_kind(saved.path, is_ensemble=True)
        from kosent.models.ensemble import Ensemble

        try:
            self = cls(**info["auto"].get("settings", {}), **info["auto"]["limits"])
        except (AttributeError, KeyError, TypeError) as error:
            raise unusable(saved.path, str(error)) from error
        self.ensemble_ = Ensemble.unpack(saved)
        self.classes_ = self.ensemble_.classes_
        self.thresholds_ = self.ensemble_.thresholds_
        self.info_ = self.ensemble_.info_
        self.history_ = []
        return self

    @classmethod
    def unpack(cls, saved: bundle.Bundle, path: Path) -> Self:
        """Make a classifier from a bundle that was read, and check it on its probes.

        Args:
            saved: The bundle.
            path: Where it is, as errors name it.

        Raises:
            BundleError: If its parts do not fit together, or it predicts otherwise here than where
                it was saved.
        """
        try:
            self = cls(**parameters_from_data(saved.info["parameters"], saved.labels))
            self.trained_ = Trained.unpack(saved)
        except (KeyError, TypeError, ValueError) as error:
            raise unusable(path, str(error)) from error
        self.classes_ = np.asarray(saved.labels)
        if saved.thresholds is not None:
            self.thresholds_ = saved.thresholds
        self.encoder_ = saved.encoder
        self.info_ = saved.info
        self.history_ = saved.info.get("history", [])
        self._bundle_ = path
        with on_trial(PATIENCE):
            check_probes(self, saved.probes, path)
        return self

    @property
    def model_(self) -> keras.Model:
        """The trained network in Keras, built when it is first asked for.

        Raises:
            AttributeError: If the classifier is not fitted.
            BundleError: If the bundle it was loaded from has no weights, or not those of its
                ``model.onnx``.
        """
        if not hasattr(self, "trained_"):
            raise AttributeError("model_")
        if not hasattr(self, "_model_"):
            if self.trained_.load_weights is None:
                raise bundle.prediction_only()
            try:
                self._model_ = self.trained_.build(self.trained_.load_weights())
            except ValueError as error:
                raise unusable(self._bundle_, str(error)) from error
        return self._model_

    def __getstate__(self) -> dict[str, Any]:
        """Pickle without the Keras model, which is built from the weights where it is asked for.

        Its class and its optimizer's are found in no other process before Keras is imported there.
        """
        return {name: value for name, value in vars(self).items() if name != "_model_"}

    def _packed(self) -> bundle.Bundle:
        self._check_fitted()
        probabilities = self.predict_all(PROBES).probabilities
        labels = self.classes_.tolist()
        return pack(
            self.trained_, self.encoder_, labels, self.info_, probabilities, self.thresholds_
        )
