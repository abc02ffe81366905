"""The steps of ``TextClassifier.fit``, as functions of the classifier's arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent import architectures
from kosent.errors import UsageError
from kosent.models.trained import Trained
from kosent.support.checks import check_switch
from kosent.support.files import write_folder
from kosent.support.inputs import check_hold_out
from kosent.support.plain import plain
from kosent.support.progress import Listener
from kosent.text.augmentation import check_augment
from kosent.text.encoding import cache as token_cache
from kosent.text.encoding.encoder import EncodedTexts, TextEncoder
from kosent.training.calibration import LAST_LAYER, Calibration, divide_scores, fit_temperature

if TYPE_CHECKING:
    import keras

    from kosent.bundles.model import Architecture, Arrays
    from kosent.metrics.report import Label
    from kosent.training.examples import Examples
    from kosent.training.history import Record
    from kosent.training.settings import TrainingSettings


class Learned(NamedTuple):
    """A trained network.

    Attributes:
        weights: Its weights by path.
        history: One record an epoch.
        model: The same in Keras, ``None`` where it was not needed.
    """

    weights: Arrays
    history: list[Record]
    model: keras.Model | None


class Finished(NamedTuple):
    """A trained network, ready to predict.

    Attributes:
        trained: The network.
        validation: Its probabilities of the validation split, float32 ``(n, classes)``.
        calibration: What the temperature did; ``None`` where none was asked for.
    """

    trained: Trained
    validation: npt.NDArray[np.float32]
    calibration: Calibration | None


def check_arguments(arguments: Mapping[str, Any]) -> None:
    """Refuse wrong arguments of a classifier.

    Raises:
        UsageError: If a name or setting cannot be used.
    """
    architectures.check(arguments["architecture"], arguments["architecture_options"] or {})
    encoder = new_encoder(arguments)
    check_augment(arguments["augment"])
    if architectures.scored(arguments["architecture"]):
        _check_fixed(encoder, arguments)
    weight = arguments["class_weight"]
    training_settings(arguments, 1, None if isinstance(weight, Mapping) else weight)
    check_hold_out(plain(arguments["validation_fraction"]), arguments["validation"])
    check_switch("calibrate", plain(arguments["calibrate"]))


def _check_fixed(encoder: TextEncoder, arguments: Mapping[str, Any]) -> None:
    """Refuse training texts that are drawn anew: their scores could come from themselves.

    Raises:
        UsageError: If they are.
    """
    if arguments["augment"] is not None or encoder.tokenizer.draws:
        name = arguments["architecture"]
        raise UsageError(
            f"'{name}' 신경망은 augment나 토크나이저의 alpha와 함께 쓸 수 없습니다. 빼세요",
            f"the network '{name}' goes together neither with augment nor with a tokenizer's "
            "alpha; leave it out",
        )


def new_encoder(arguments: Mapping[str, Any]) -> TextEncoder:
    """Make the encoder that the arguments describe, not fitted."""
    return TextEncoder(
        arguments["tokenizer"],
        cleaning=arguments["cleaning"],
        vocabulary_size=plain(arguments["vocabulary_size"]),
        min_count=plain(arguments["min_count"]),
        max_length=plain(arguments["max_length"]),
        tokenizer_options=plain(arguments["tokenizer_options"]),
        cleaning_options=plain(arguments["cleaning_options"]),
        truncate=arguments["truncate"],
        drop_unknown=plain(arguments["drop_unknown"]),
    )


def training_settings(
    arguments: Mapping[str, Any], rows: int, class_weight: Any
) -> TrainingSettings:
    """Return the arguments that concern training.

    Args:
        arguments: Those of the classifier.
        rows: Texts to learn from.
        class_weight: Weights by class number, ``"balanced"`` or ``None``.
    """
    from kosent.training.settings import TrainingSettings

    names = (
        "epochs",
        "learning_rate",
        "optimizer",
        "patience",
        "monitor",
        "schedule",
        "reduce_factor",
        "reduce_patience",
        "label_smoothing",
        "seed",
    )
    batch_size = arguments["batch_size"]
    return TrainingSettings(
        batch_size=default_batch_size(rows) if batch_size is None else plain(batch_size),
        class_weight=plain(class_weight),
        **{name: plain(arguments[name]) for name in names},
    )


def default_batch_size(rows: int) -> int:
    """Return 128 texts a batch for large corpora, fewer for small ones, at least 16.

    With 128 the 900 training texts of the sample corpus would be 7 steps an epoch.
    """
    return max(16, min(128, rows // 64))


def weight_by_number(weight: Any, classes: Sequence[Label]) -> Any:
    """Return the setting ``class_weight`` with class numbers in the place of labels.

    Raises:
        UsageError: If a label has no weight, or what has one is no label.
    """
    if not isinstance(weight, Mapping):
        return weight
    if set(weight) != set(classes):
        raise UsageError(
            f"class_weight에는 모든 라벨이 있어야 합니다: {list(classes)}",
            f"class_weight must name every label: {list(classes)}. Received: {list(weight)}",
        )
    return {number: weight[label] for number, label in enumerate(classes)}


def encode(
    new: TextEncoder,
    train: list[str],
    held: list[str],
    folder: Path | None,
    resume: bool,
    listener: Listener,
) -> tuple[TextEncoder, EncodedTexts, EncodedTexts]:
    """Fit the encoder on the training part only, and encode both parts.

    Args:
        new: The encoder to fit.
        train: Texts of the training part.
        held: Texts of the validation part.
        folder: The run folder, which keeps the fitted encoder.
        resume: Take the fitted encoder from there, where it is.
        listener: Who is told about progress.
    """
    counter = _Counter(listener)
    listener.stage("encode", len(train) + len(held))
    kept = folder / "encoder" if folder else None
    if resume and kept and kept.is_dir():
        encoder = TextEncoder.from_files({p.name: p.read_bytes() for p in kept.iterdir()})
        encoded = token_cache.encode(encoder, train, counter)
    else:
        encoder, encoded = token_cache.fit_encode(new, train, counter)
        if kept:
            write_folder(kept, encoder.files())
    return encoder, encoded, token_cache.encode(encoder, held, _Counter(listener))


def train(
    design: Architecture,
    classes: int,
    learn: Examples,
    check: Examples,
    settings: TrainingSettings,
    *,
    folder: Path | None,
    resume: bool,
    listener: Listener,
) -> Learned:
    """Build the network and train it; see ``kosent.training.fit.fit``.

    A linear network is solved, which takes no epochs and leaves nothing to resume.
    """
    if architectures.solved(design.name, design.options):
        return _solve(design, classes, learn, check, settings, folder, listener)
    from kosent.training.checkpoints import arrays, by_path
    from kosent.training.cross_fitting import forget_cross_fitted, learn_ngram_scores
    from kosent.training.fit import fit, seeded

    with seeded(settings.seed):
        sizes = design.vocabulary_size, classes
        model = architectures.build(design.name, *sizes, **design.options)
        scored = architectures.scored(design.name)
        if scored:
            learn_ngram_scores(
                model, design.options, classes, learn, settings.class_weight, listener
            )
        history = fit(
            model, learn, check, settings, folder=folder, resume=resume, listener=listener
        )
        if scored:
            forget_cross_fitted(model)
    return Learned(arrays(by_path(model.weights)), history, model)


def _solve(
    design: Architecture,
    classes: int,
    learn: Examples,
    check: Examples,
    settings: TrainingSettings,
    folder: Path | None,
    listener: Listener,
) -> Learned:
    from kosent.training.history import write_history
    from kosent.training.linear import solve

    weights, history = solve(design.options, classes, learn, check, settings.class_weight, listener)
    if folder:
        write_history(folder, history)
    return Learned(weights, history, None)


def finish(
    design: Architecture,
    learned: Learned,
    classes: int,
    check: Examples,
    *,
    calibrate: bool,
    class_weight: Any = None,
) -> Finished:
    """Write a network's ONNX form, and calibrate it on the validation split where asked.

    Checkpoints are not touched: they hold the weights as they were learned.

    Args:
        design: The network.
        learned: What training gave; a temperature goes into its Keras model too.
        classes: Number of classes.
        check: The validation split.
        calibrate: Whether to fit a temperature.
        class_weight: As in ``TrainingSettings``.
    """
    from kosent.training.class_weights import row_weights

    trained = Trained.of(design, learned.weights, classes)
    before = trained.network.predict(check.texts)
    if not calibrate:
        return Finished(trained, before, None)
    temperature = fit_temperature(before, check.labels, row_weights(check.labels, class_weight))
    weights = divide_scores(learned.weights, temperature)
    if learned.model is not None:
        variables = {variable.path: variable for variable in learned.model.weights}
        for name in LAST_LAYER:
            variables[name].assign(weights[name])
    trained = Trained.of(design, weights, classes)
    after = trained.network.predict(check.texts)
    return Finished(trained, after, Calibration.of(temperature, check.labels, before, after))


class _Counter:
    """Turns the encoder's running count into steps for a listener."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.done = 0

    def __call__(self, done: int, total: int | None) -> None:  # noqa: ARG002
        self.listener.advance(done - self.done)
        self.done = done
