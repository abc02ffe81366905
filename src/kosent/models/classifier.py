"""``TextClassifier``: texts and labels in, a model that travels with its preprocessing out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from kosent.bundles import model as bundle
from kosent.bundles.manifest import unusable
from kosent.bundles.probes import PROBES, probes_differ
from kosent.metrics.report import Label
from kosent.models import settings as given
from kosent.models import steps
from kosent.models.saving import pack, parameters_as_data, parameters_from_data
from kosent.models.trained import Trained, design_of
from kosent.prediction.predictor import Predictor, Probabilities
from kosent.support.estimator import TextEstimator
from kosent.support.inputs import (
    check_labels,
    check_targets,
    check_texts,
    class_numbers,
    find_classes,
)
from kosent.support.packages import require
from kosent.support.progress import Listener, Silent
from kosent.support.version import __version__
from kosent.text.augmentation import drawing
from kosent.text.tokenizers import Tokenizer
from kosent.training.examples import Examples
from kosent.training.splits import Part, split, unlabelled

if TYPE_CHECKING:
    import keras
    import numpy.typing as npt


class TextClassifier(Predictor, TextEstimator):
    """Classifies texts with a network of ``kosent.architectures``.

    Follows scikit-learn: the constructor only stores its arguments, ``fit`` learns what ends
    in ``_``; ``clone``, ``cross_val_score`` and ``Pipeline`` work.

    Args:
        architecture: A name in ``kosent.architectures.ARCHITECTURES``.
        tokenizer: A name in ``kosent.text.tokenizers.TOKENIZERS``, or a tokenizer object.
        cleaning: A name in ``kosent.text.cleaning.PRESETS``.
        cleaning_options: Values for single rules of the cleaning, instead of the preset's.
        truncate: ``"post"`` cuts the end of a text that is too long, ``"pre"`` its beginning.
        drop_unknown: Leave unknown tokens out, instead of giving them an id.
        vocabulary_size: Largest number of token ids, padding and unknown included.
        min_count: Tokens seen less often than this in training become unknown.
        max_length: Tokens kept of a text; learned from the training texts when ``None``.
        tokenizer_options: Settings of a tokenizer given by name.
        architecture_options: Hyper-parameters of the network.
        validation_fraction: Share of the training texts that decides on stopping and the best
            weights. It is cut off before tokenizer and vocabulary are fitted.
        validation: ``"random"`` texts are held out, classes in proportion, or the ``"last"`` ones,
            as ``validation_split`` of Keras has it.
        epochs: Epochs at most.
        batch_size: Texts a batch; by default 16 to 128, growing with the training texts, so that
            a small corpus still gets some hundred steps.
        learning_rate: Step size at the start, or, with the schedule ``"linear"``, the highest.
        optimizer: A name in ``kosent.training.settings.OPTIMIZERS``.
        patience: Epochs without a better validation accuracy before training stops.
        monitor: ``"accuracy"`` or ``"loss"`` of the validation split, which decides on stopping
            and the best weights.
        schedule: ``"plateau"`` reduces the learning rate at a plateau of the validation loss.
            With ``"linear"`` it rises over the first 200 steps (or the first tenth of all steps of
            ``epochs`` epochs if those are fewer) and falls linearly all the while, by the share of
            the steps that are done, to a hundredth.
        reduce_factor: What the learning rate is multiplied by at a plateau of the validation loss.
            It and ``reduce_patience`` have no effect with the schedule ``"linear"``.
        reduce_patience: Epochs without a better validation loss that are such a plateau.
        label_smoothing: Share ``x`` of each training label that is dealt to all classes alike, so
            that the true one of ``C`` classes has the target ``1 - x + x / C`` (Szegedy et al.
            2016). The validation loss is the plain cross-entropy.
        class_weight: ``"balanced"``, weights by label, or ``None``.
        augment: A name in ``kosent.text.augmentation.AUGMENTATIONS``: ``"noise"`` gives
            each training text, in each epoch anew, one of the noises of :mod:`kosent.text.noise`,
            half of the time the loss of its spaces. The validation split stays as it is.
        calibrate: Divide the trained network's scores by a temperature fitted on the validation
            split, so that probabilities are as high as they are right
            (``kosent.training.calibration``).
            It changes no label. It ends in the weights of the last layer, and so in ``model_``,
            in what is saved, and in what is trained on from there.
        seed: Seed of split, weights, order, dropout and augmentation.

    Attributes:
        classes_: The labels, in the order of ``predict_proba``'s columns.
        encoder_: The fitted ``TextEncoder``: the only way from text to ids.
        trained_: The trained network, as ONNX Runtime runs it. Predictions need no Keras.
        model_: The same as a ``keras.Model``, built when it is first asked for. What is done to
            it does not change predictions.
        history_: One record an epoch.
        validation_: ``Report`` on the validation split, with the weights that were kept.
        info_: Where the model comes from, as saved in its bundle.
    """

    _bundle_: Path  # where it was loaded from

    def __init__(
        self,
        architecture: str = "hybrid",
        *,
        tokenizer: str | Tokenizer = "sentencepiece",
        cleaning: str = "korean",
        vocabulary_size: int = 16000,
        min_count: int = 1,
        max_length: int | None = None,
        tokenizer_options: Mapping[str, Any] | None = None,
        cleaning_options: Mapping[str, Any] | None = None,
        architecture_options: Mapping[str, Any] | None = None,
        validation_fraction: float = 0.1,
        validation: str = "random",
        epochs: int = 8,
        batch_size: int | None = None,
        learning_rate: float = 1e-3,
        optimizer: str = "adam",
        patience: int = 2,
        monitor: str = "accuracy",
        schedule: str = "plateau",
        reduce_factor: float = 0.2,
        reduce_patience: int = 1,
        label_smoothing: float = 0.0,
        truncate: str = "post",
        drop_unknown: bool = False,
        class_weight: str | Mapping[Label, float] | None = None,
        augment: str | None = None,
        calibrate: bool = True,
        seed: int = 0,
    ) -> None:
        self.architecture = architecture
        self.tokenizer = tokenizer
        self.cleaning = cleaning
        self.vocabulary_size = vocabulary_size
        self.min_count = min_count
        self.max_length = max_length
        self.tokenizer_options = tokenizer_options
        self.cleaning_options = cleaning_options
        self.architecture_options = architecture_options
        self.validation_fraction = validation_fraction
        self.validation = validation
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.optimizer = optimizer
        self.patience = patience
        self.monitor = monitor
        self.schedule = schedule
        self.reduce_factor = reduce_factor
        self.reduce_patience = reduce_patience
        self.label_smoothing = label_smoothing
        self.truncate = truncate
        self.drop_unknown = drop_unknown
        self.class_weight = class_weight
        self.augment = augment
        self.calibrate = calibrate
        self.seed = seed

    def check(self) -> None:
        """Refuse wrong settings before anything is read, written or loaded.

        Raises:
            UsageError: If a name or setting cannot be used.
            RuntimeSetupError: If a package of training is not installed.
        """
        require("keras", "onnx", "sklearn")
        given.check_arguments(self.get_params())

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence[Label],
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
            labels: ``n`` labels, strings or integers, of two or more classes.
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
            DataError: If a text is no string, a target no probability, or there are too few rows or
                classes.
            UsageError: If a name or setting is wrong.
            RuntimeSetupError: If the disk refuses, or Java is missing for ``okt``.
        """
        self.check()
        arguments, listener = self.get_params(), listener or Silent()
        folder = Path(run_folder) if run_folder else None
        texts = check_texts(texts)
        listed = check_labels(labels, len(texts))
        self._forget()
        self.classes_ = find_classes(listed)
        classes = len(self.classes_)
        weight = given.weight_by_number(self.class_weight, self.classes_.tolist())
        labelled = Part(texts, class_numbers(listed, self.classes_))
        if targets is not None:
            labelled = labelled._replace(targets=check_targets(targets, len(texts), classes))
        more = unlabelled(extra, classes) if extra is not None else None
        train, held = split(arguments, labelled)
        rows = {"train": len(train.texts), "validation": len(held.texts)}
        if more is not None:
            train = train.followed_by(more, classes)
            rows["unlabelled"] = len(more.texts)
        self.encoder_, *encoded = steps.encode(
            given.new_encoder(arguments), train.texts, held.texts, folder, resume, listener
        )
        settings = given.training_settings(arguments, len(train.texts), weight)
        parameters = parameters_as_data(arguments, self.encoder_, self.classes_.tolist())
        design = design_of({"parameters": parameters}, self.encoder_)
        draw = drawing(self.encoder_, train.texts, encoded[0], settings.seed, self.augment)
        check = Examples(encoded[1], held.numbers)
        learned = steps.train(
            design,
            classes,
            Examples(encoded[0], train.numbers, draw, train.targets),
            check,
            settings,
            folder=folder,
            resume=resume,
            listener=listener,
        )
        self.history_ = learned.history
        if learned.model is not None:
            self._model_ = learned.model
        self.trained_, probabilities, calibration = steps.finish(
            design,
            learned,
            classes,
            check,
            calibrate=bool(self.calibrate),
            class_weight=weight,
        )
        self.validation_ = self._report(self.classes_[held.numbers].tolist(), probabilities)
        self.info_ = {
            "kosent_version": __version__,
            "parameters": parameters,
            "rows": rows,
            "history": self.history_,
            "validation": self.validation_.to_dict(),
            "calibration": calibration.to_dict() if calibration else None,
        }
        return self

    def predict_parts(self, parts: Iterable[list[str]]) -> Iterator[Probabilities]:
        """Return the probabilities of list after list of texts.

        Args:
            parts: Lists of texts; some are encoded while the one before is predicted.

        Yields:
            float32 ``(n, classes)`` for each list of ``n`` texts, in order.
        """
        return self.trained_.network.stream(map(self.encoder_.encode, parts))

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
        path = Path(path)
        bundle.write(path, self._packed(), overwrite=overwrite)
        return path

    def to_bytes(self) -> bytes:
        """Return what :meth:`save` writes to one ``.kosent`` file.

        Raises:
            UsageError: If the classifier is not fitted.
        """
        return bundle.to_bytes(self._packed())

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a classifier from a bundle, run none of its content, and check it on its probes.

        Args:
            path: A folder or ``.kosent`` file that ``save``, ``kosent train`` or ``kosent export``
                wrote.

        Returns:
            The classifier, ready to predict; neither Keras nor TensorFlow is loaded for that.

        Raises:
            BundleError: If it is no bundle, damaged, of a newer format, or predicts otherwise
                here than where it was saved.
        """
        path = Path(path)
        return cls.unpack(bundle.read(path), path)

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
        self.encoder_ = saved.encoder
        self.info_ = saved.info
        self.history_ = saved.info.get("history", [])
        self._bundle_ = path
        here = self.predict_proba([text for text, _ in saved.probes])
        if difference := probes_differ(saved.probes, here):
            raise unusable(path, f"the probe texts get other probabilities here: {difference}")
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

    def _packed(self) -> bundle.Bundle:
        self._check_fitted()
        probabilities = self.predict_proba(PROBES)
        labels = self.classes_.tolist()
        return pack(self.trained_, self.encoder_, labels, self.info_, probabilities)
