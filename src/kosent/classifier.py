"""``TextClassifier``: texts and labels in, a model that travels with its preprocessing out."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from kosent import architectures, bundle
from kosent.bundle import Architecture, Bundle
from kosent.card import write_card
from kosent.errors import BundleError, UsageError
from kosent.labels import (
    check_fraction,
    check_labels,
    check_texts,
    class_numbers,
    find_classes,
    hold_out,
)
from kosent.metrics import Label, Report, report
from kosent.plain import plain
from kosent.probes import PROBES
from kosent.progress import Listener, Silent
from kosent.storage import write_folder
from kosent.text.encoder import EncodedTexts, TextEncoder
from kosent.text.tokenizers import Tokenizer
from kosent.training.settings import TrainingSettings

if TYPE_CHECKING:
    import keras

# Weights are float32; another processor or thread count moves probabilities by less than this.
PROBE_TOLERANCE = 1e-3
# Words times characters: twice the characters of all prefixes. The longest IMDB review has 34
# million (10 s); a megabyte of words would have 200 times that.
LONGEST_TRACE = 50_000_000


class TextClassifier:
    """Classifies texts with a network of ``kosent.architectures``.

    Follows scikit-learn: the constructor only stores its arguments, ``fit`` learns what ends
    in ``_``; ``clone``, ``cross_val_score`` and ``Pipeline`` work.

    Args:
        architecture: A name in ``kosent.architectures.ARCHITECTURES``.
        tokenizer: A name in ``kosent.text.tokenizers.TOKENIZERS``, or a tokenizer object.
        cleaning: A name in ``kosent.text.cleaning.PRESETS``.
        vocabulary_size: Largest number of token ids, padding and unknown included.
        min_count: Tokens seen less often than this in training become unknown.
        max_length: Tokens kept of a text; learned from the training texts when ``None``.
        tokenizer_options: Settings of a tokenizer given by name.
        architecture_options: Hyper-parameters of the network.
        validation_fraction: Share of the training texts that decides on stopping and the best
            weights. It is cut off before tokenizer and vocabulary are fitted.
        epochs: Epochs at most.
        batch_size: Texts a batch; by default 16 to 128, growing with the training texts, so that
            a small corpus still gets some hundred steps.
        learning_rate: Step size at the start.
        optimizer: A name in ``kosent.training.settings.OPTIMIZERS``.
        patience: Epochs without a better validation accuracy before training stops.
        class_weight: ``"balanced"``, weights by label, or ``None``.
        seed: Seed of split, weights, order and dropout.

    Attributes:
        classes_: The labels, in the order of ``predict_proba``'s columns.
        encoder_: The fitted ``TextEncoder``: the only way from text to ids.
        model_: The trained ``keras.Model``.
        history_: One record an epoch.
        validation_: ``Report`` on the validation split, with the weights that were kept.
        info_: Where the model comes from, as saved in its bundle.
    """

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
        architecture_options: Mapping[str, Any] | None = None,
        validation_fraction: float = 0.1,
        epochs: int = 8,
        batch_size: int | None = None,
        learning_rate: float = 1e-3,
        optimizer: str = "adam",
        patience: int = 2,
        class_weight: str | Mapping[Label, float] | None = None,
        seed: int = 0,
    ) -> None:
        self.architecture = architecture
        self.tokenizer = tokenizer
        self.cleaning = cleaning
        self.vocabulary_size = vocabulary_size
        self.min_count = min_count
        self.max_length = max_length
        self.tokenizer_options = tokenizer_options
        self.architecture_options = architecture_options
        self.validation_fraction = validation_fraction
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.optimizer = optimizer
        self.patience = patience
        self.class_weight = class_weight
        self.seed = seed

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002  scikit-learn's name
        """Return the constructor's arguments by name."""
        return {name: getattr(self, name) for name in _parameter_names()}

    def set_params(self, **params: Any) -> Self:
        """Set constructor arguments by name.

        Raises:
            UsageError: If a name is not an argument.
        """
        known = _parameter_names()
        for name, value in params.items():
            if name not in known:
                raise UsageError(
                    f"TextClassifier에 없는 설정입니다: {name!r}",
                    f"TextClassifier has no parameter {name!r}. Known: {', '.join(known)}",
                )
            setattr(self, name, value)
        return self

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that this is a classifier of one-dimensional text."""
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags(),
            input_tags=InputTags(one_d_array=True, two_d_array=False, string=True),
        )

    def __sklearn_is_fitted__(self) -> bool:
        """Tell scikit-learn whether ``fit`` has run."""
        return hasattr(self, "info_")

    def check(self) -> None:
        """Refuse wrong settings before anything is read, written or loaded.

        Raises:
            UsageError: If a name or setting cannot be used.
        """
        architectures.check(self.architecture, self.architecture_options or {})
        self._new_encoder()
        self._settings(1, None if isinstance(self.class_weight, Mapping) else self.class_weight)
        check_fraction(plain(self.validation_fraction))

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence[Label],
        *,
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
            run_folder: Keeps encoder, checkpoints and metrics of the run; nothing is written
                without it.
            resume: Go on from what a killed run left in ``run_folder``.
            listener: Who is told about progress.

        Returns:
            Itself.

        Raises:
            DataError: If a text is no string, or there are too few rows or classes.
            UsageError: If a name or setting is wrong.
            RuntimeSetupError: If the disk refuses, or Java is missing for ``okt``.
        """
        self.check()
        listener = listener or Silent()
        folder = Path(run_folder) if run_folder else None
        texts = check_texts(texts)
        listed = check_labels(labels, len(texts))
        self._forget()
        self.classes_ = find_classes(listed)
        numbers = class_numbers(listed, self.classes_)
        train, held = hold_out(numbers, plain(self.validation_fraction), plain(self.seed))
        settings = self._settings(len(train), self._class_weight())
        self.encoder_, encoded = self._encode(texts, train, held, folder, resume, listener)
        from kosent.training.fit import Examples, fit, predict, seeded

        with seeded(settings.seed):
            self.model_ = self._build()
            self.history_ = fit(
                self.model_,
                Examples(encoded[0], numbers[train]),
                Examples(encoded[1], numbers[held]),
                settings,
                folder=folder,
                resume=resume,
                listener=listener,
            )
        held_out = self.classes_[predict(self.model_, encoded[1]).argmax(axis=1)]
        truth = self.classes_[numbers[held]]
        self.validation_ = report(truth.tolist(), held_out.tolist(), self.classes_.tolist())
        self.info_ = self._info(len(train), len(held))
        return self

    def predict_proba(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return the probability of each class.

        Args:
            texts: ``n`` strings.

        Returns:
            float32 ``(n, classes)``; columns follow ``classes_``, rows add up to 1.

        Raises:
            DataError: If a text is no string.
            UsageError: If the classifier is not fitted.
        """
        self._check_fitted()
        from kosent.training.fit import predict

        return predict(self.model_, self.encoder_.encode(check_texts(texts)))

    def predict(self, texts: Sequence[str]) -> npt.NDArray[Any]:
        """Return the most probable label of each text, ``(n,)``."""
        probabilities = self.predict_proba(texts)
        labels: npt.NDArray[Any] = self.classes_[probabilities.argmax(axis=1)]
        return labels

    def evaluate(self, texts: Sequence[str], labels: Sequence[Label]) -> Report:
        """Score predictions against the true labels.

        Raises:
            DataError: If lengths differ, or a label is not one the classifier was trained on.
        """
        self._check_fitted()
        texts = check_texts(texts)
        truth = check_labels(labels, len(texts))
        return report(truth, self.predict(texts).tolist(), self.classes_.tolist())

    def score(self, texts: Sequence[str], labels: Sequence[Label]) -> float:
        """Return the accuracy, as scikit-learn's classifiers do."""
        return self.evaluate(texts, labels).accuracy

    def trace(self, text: str) -> list[tuple[str, npt.NDArray[np.float32]]]:
        """Follow a sentence as it grows.

        Each prefix goes through the same door as any text, cleaning included.

        Args:
            text: A sentence.

        Returns:
            Each prefix that ends with a word, with its probabilities ``(classes,)``.

        Raises:
            UsageError: If the text is so long that its prefixes would fill the memory.
        """
        (text,) = check_texts([text])
        words = text.split()
        if len(words) * len(text) > LONGEST_TRACE:
            raise UsageError(
                f"낱말마다 따라가기에는 글이 너무 깁니다 (낱말 {len(words):,}개)",
                f"the text is too long to be followed word by word ({len(words):,} words)",
            )
        prefixes = [" ".join(words[: end + 1]) for end in range(len(words))] or [text]
        return list(zip(prefixes, self.predict_proba(prefixes), strict=True))

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the classifier as a bundle.

        Args:
            path: Folder to write; it appears whole or not at all.
            overwrite: Replace a bundle that is there.

        Returns:
            The folder.

        Raises:
            UsageError: If the classifier is not fitted, or ``path`` may not be replaced.
            RuntimeSetupError: If the disk refuses.
        """
        self._check_fitted()
        path = Path(path)
        bundle.write(path, self._bundle(), overwrite=overwrite)
        return path

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a classifier from a bundle, run none of its content, and check it on its probes.

        Args:
            path: A folder that ``save`` or ``kosent train`` wrote.

        Returns:
            The classifier, ready to predict.

        Raises:
            BundleError: If it is no bundle, damaged, of a newer format, or predicts otherwise
                here than where it was saved.
        """
        path = Path(path)
        saved = bundle.read(path)
        try:
            self = cls(**_restored(saved.info["parameters"], saved.labels))
            self.model_ = self._rebuild(saved)
        except (KeyError, TypeError, ValueError) as error:
            raise _unusable(path, str(error)) from error
        self.classes_ = np.asarray(saved.labels)
        self.encoder_ = saved.encoder
        self.info_ = saved.info
        self.history_ = saved.info.get("history", [])
        self._check_probes(saved, path)
        return self

    def _settings(self, rows: int, class_weight: Any) -> TrainingSettings:
        batch_size = default_batch_size(rows) if self.batch_size is None else self.batch_size
        return TrainingSettings(
            epochs=plain(self.epochs),
            batch_size=plain(batch_size),
            learning_rate=plain(self.learning_rate),
            optimizer=self.optimizer,
            patience=plain(self.patience),
            class_weight=plain(class_weight),
            seed=plain(self.seed),
        )

    def _class_weight(self) -> Any:
        """Return the setting with class numbers in the place of labels."""
        if not isinstance(self.class_weight, Mapping):
            return self.class_weight
        known = self.classes_.tolist()
        if set(self.class_weight) != set(known):
            raise UsageError(
                f"class_weight에는 모든 라벨이 있어야 합니다: {known}",
                f"class_weight must name every label: {known}. Received: {list(self.class_weight)}",
            )
        return {number: self.class_weight[label] for number, label in enumerate(known)}

    def _new_encoder(self) -> TextEncoder:
        return TextEncoder(
            copy.deepcopy(self.tokenizer),  # fitting it would change the caller's own
            cleaning=self.cleaning,
            vocabulary_size=plain(self.vocabulary_size),
            min_count=plain(self.min_count),
            max_length=plain(self.max_length),
            tokenizer_options=plain(self.tokenizer_options),
        )

    def _encode(
        self,
        texts: list[str],
        train: npt.NDArray[np.int64],
        held: npt.NDArray[np.int64],
        folder: Path | None,
        resume: bool,
        listener: Listener,
    ) -> tuple[TextEncoder, tuple[EncodedTexts, EncodedTexts]]:
        """Fit the encoder on the training part only, and encode both parts."""
        counter = _Counter(listener)
        listener.stage("encode", len(texts))
        learn, check = [texts[i] for i in train], [texts[i] for i in held]
        kept = folder / "encoder" if folder else None
        if resume and kept and kept.is_dir():
            encoder = TextEncoder.from_files({p.name: p.read_bytes() for p in kept.iterdir()})
            encoded = encoder.encode(learn, counter)
        else:
            encoder = self._new_encoder()
            encoded = encoder.fit_encode(learn, counter)
            if kept:
                write_folder(kept, encoder.files())
        return encoder, (encoded, encoder.encode(check, _Counter(listener)))

    def _build(self) -> keras.Model:
        return architectures.build(
            self.architecture,
            len(self.encoder_.vocabulary),
            len(self.classes_),
            **(self.architecture_options or {}),
        )

    def _info(self, train: int, held: int) -> dict[str, Any]:
        from kosent import __version__

        tokenizer = self.encoder_.tokenizer.state()
        parameters = {
            **self.get_params(),
            "tokenizer": tokenizer.name,
            "tokenizer_options": dict(tokenizer.settings),
        }
        if isinstance(self.class_weight, Mapping):  # the keys of a JSON object are strings
            labels = self.classes_.tolist()
            parameters["class_weight"] = {str(each): self.class_weight[each] for each in labels}
        return {
            "kosent_version": __version__,
            "parameters": plain(parameters),
            "rows": {"train": train, "validation": held},
            "history": self.history_,
            "validation": self.validation_.to_dict(),
        }

    def _bundle(self) -> Bundle:
        from kosent.training.checkpoint import arrays, by_path

        probabilities = self.predict_proba(PROBES)
        trained = self.info_["parameters"]  # not self: set_params may have been called since
        name, given = trained["architecture"], trained["architecture_options"] or {}
        return Bundle(
            labels=self.classes_.tolist(),
            encoder=self.encoder_,
            architecture=Architecture(
                name, len(self.encoder_.vocabulary), architectures.options(name) | given
            ),
            weights=arrays(by_path(self.model_.weights)),
            probes=[(t, p.tolist()) for t, p in zip(PROBES, probabilities, strict=True)],
            info=self.info_,
            card=write_card(self.info_, self.classes_.tolist()),
        )

    def _rebuild(self, saved: Bundle) -> keras.Model:
        """Build the network of a bundle, once it is clear that its weights fit.

        Raises:
            UsageError: If the network or one of its options is not known.
            ValueError: If vocabulary, options and weights do not fit together.
        """
        from kosent.training.checkpoint import assign, by_path

        design = saved.architecture
        vocabulary, classes = len(saved.encoder.vocabulary), len(saved.labels)
        if design.vocabulary_size != vocabulary:
            raise ValueError(f"vocabulary of {vocabulary}, expected {design.vocabulary_size}")
        architectures.check(design.name, design.options)
        expected = architectures.weight_shapes(design.name, vocabulary, classes, **design.options)
        if expected != {name: array.shape for name, array in saved.weights.items()}:
            raise ValueError("the weights do not fit the network")
        model = architectures.build(design.name, vocabulary, classes, **design.options)
        assign(by_path(model.weights), saved.weights)
        return model

    def _check_probes(self, saved: Bundle, path: Path) -> None:
        here = self.predict_proba([text for text, _ in saved.probes])
        there = np.array([values for _, values in saved.probes], np.float32)
        if here.shape != there.shape or not np.allclose(here, there, atol=PROBE_TOLERANCE, rtol=0):
            raise _unusable(path, "the probe texts get other probabilities here")

    def _forget(self) -> None:
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)

    def _check_fitted(self) -> None:
        if not self.__sklearn_is_fitted__():
            raise UsageError(
                "아직 학습하지 않은 분류기입니다. fit이나 load를 먼저 부르세요",
                "this classifier is not fitted; call fit or load first",
            )


def default_batch_size(rows: int) -> int:
    """Return 128 texts a batch for large corpora, fewer for small ones, at least 16.

    With 128 the 900 training texts of the sample corpus would be 7 steps an epoch.
    """
    return max(16, min(128, rows // 64))


class _Counter:
    """Turns the encoder's running count into steps for a listener."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.done = 0

    def __call__(self, done: int, total: int | None) -> None:  # noqa: ARG002
        self.listener.advance(done - self.done)
        self.done = done


def _parameter_names() -> list[str]:
    return list(inspect.signature(TextClassifier.__init__).parameters)[1:]


def _restored(parameters: dict[str, Any], labels: Sequence[Label]) -> dict[str, Any]:
    """Give the class weights of a saved model their labels back."""
    weight = parameters.get("class_weight")
    if not isinstance(weight, dict):
        return parameters
    return parameters | {"class_weight": {label: weight[str(label)] for label in labels}}


def _unusable(path: Path, detail: str) -> BundleError:
    return BundleError(
        f"'{path}' 모델을 쓸 수 없습니다 ({detail})",
        f"the bundle '{path}' cannot be used ({detail})",
    )
