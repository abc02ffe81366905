"""The steps of ``TextClassifier.fit`` where a text may have several labels, or none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kosent.metrics.multilabel import multilabel_report
from kosent.metrics.scores import logits, sigmoid
from kosent.models.held import HeldOut
from kosent.models.saving import parameters_as_data
from kosent.models.settings import ClassifierSettings, no_teacher, weight_by_number
from kosent.models.steps import Lesson, encode, train_network
from kosent.models.trained import Learned, Trained, design_of
from kosent.support.inputs import check_texts
from kosent.support.label_sets import learned_sets
from kosent.support.progress import Listener
from kosent.support.version import __version__
from kosent.support.weights import check_weights
from kosent.text.augmentation import drawing
from kosent.text.encoding.encoder import TextEncoder
from kosent.training.binary import label_weights
from kosent.training.calibration import LAST_LAYER
from kosent.training.examples import Examples
from kosent.training.label_splits import split_sets
from kosent.training.splits import RULE, Part
from kosent.training.thresholds import (
    LabelCalibration,
    compared,
    fit_scaling,
    fit_thresholds,
    scaled,
)

if TYPE_CHECKING:
    from kosent.architectures.design import Architecture


class Finished(NamedTuple):
    """A trained network, ready to predict.

    Attributes:
        trained: The network.
        validation: Its probabilities of the validation split, float32 ``(n, labels)``.
        thresholds: Probability from which on each label is given.
        calibration: What was done to the scores; ``None`` where nothing was asked for.
    """

    trained: Trained
    validation: npt.NDArray[np.float32]
    thresholds: npt.NDArray[np.float64]
    calibration: LabelCalibration | None


def learn_sets(
    given: ClassifierSettings,
    encoder: TextEncoder,
    lesson: Lesson,
    folder: Path | None,
    resume: bool,
    listener: Listener,
) -> dict[str, Any]:
    """Learn what a fitted classifier knows; arguments, result and errors are those of ``learn``.

    Raises:
        UsageError: Also if targets or texts without labels are given: nothing teaches several
            labels yet but the labels.
    """
    _refuse_targets(lesson)
    texts = check_texts(lesson.texts)
    found = learned_sets(lesson.labels, len(texts))
    names = found.classes.tolist()
    weight = weight_by_number(given.class_weight, names)
    own = lesson.sample_weight
    weights = None if own is None else check_weights(own, len(texts))
    numbers = np.zeros(len(texts), np.int32)
    labelled = Part(texts, numbers, found.marks.astype(np.float32), weights)
    train, held = split_sets(given.of_split(), labelled)
    encoder, ids, held_ids = encode(encoder, train.texts, held.texts, folder, resume, listener)
    settings = given.for_training(len(train.texts), weight)
    parameters = parameters_as_data(given.values(), encoder, names)
    design = design_of({"parameters": parameters}, encoder)
    draw = drawing(encoder, train.texts, ids, settings.seed, given.augment)
    check = Examples(held_ids, held.numbers, None, held.targets, held.weights, multilabel=True)
    examples = Examples(ids, train.numbers, draw, train.targets, train.weights, multilabel=True)
    learned = train_network(
        design, len(names), examples, check, settings, folder=folder, resume=resume,
        listener=listener,
    )  # fmt: skip
    finished = finish(design, learned, check, calibrate=bool(given.calibrate), class_weight=weight)
    truth = np.asarray(held.targets) > 0
    validation = multilabel_report(truth, finished.validation, finished.thresholds, names)
    calibration = finished.calibration
    return {
        "classes_": found.classes,
        "thresholds_": finished.thresholds.tolist(),
        "encoder_": encoder,
        "trained_": finished.trained,
        "history_": learned.history,
        "validation_": validation,
        "held_": HeldOut(np.asarray(held.rows), truth, finished.validation),
        **({} if learned.model is None else {"_model_": learned.model}),
        "info_": {
            "kosent_version": __version__,
            "parameters": parameters,
            "rows": {"train": len(train.texts), "validation": len(held.texts)},
            "split_rule": RULE,
            "history": learned.history,
            "validation": validation.to_dict(),
            "calibration": calibration.to_dict() if calibration else None,
        },
    }


def finish(
    design: Architecture,
    learned: Learned,
    check: Examples,
    *,
    calibrate: bool,
    class_weight: Any = None,
) -> Finished:
    """Write a network's ONNX form, calibrate it where asked, and fit the thresholds.

    Args:
        design: The network.
        learned: What training gave; slopes and shifts go into its Keras model too.
        check: The validation split.
        calibrate: Whether to fit slopes and shifts.
        class_weight: As in ``TrainingSettings``.
    """
    truth = np.asarray(check.targets)
    labels = truth.shape[1]
    trained = Trained.of(design, learned.weights, labels)
    before = trained.network.predict(check.texts)
    slopes, shifts = fit_scaling(before, truth, _pair_weights(check, class_weight))
    if not calibrate:
        expected = sigmoid(logits(before) * slopes + shifts)
        thresholds = fit_thresholds(before, truth, check.weights, expected)
        return Finished(trained, before, thresholds, None)
    weights = scaled(learned.weights, slopes, shifts)
    if learned.model is not None:
        variables = {variable.path: variable for variable in learned.model.weights}
        for name in LAST_LAYER:
            variables[name].assign(weights[name])
    trained = Trained.of(design, weights, labels)
    after = trained.network.predict(check.texts)
    thresholds = fit_thresholds(after, truth, check.weights)
    return Finished(trained, after, thresholds, compared(slopes, shifts, truth, before, after))


def _pair_weights(check: Examples, class_weight: Any) -> npt.NDArray[np.float64] | None:
    """Return what each pair of text and label counts ``(n, labels)``; ``None`` where all do."""
    truth = np.asarray(check.targets)
    by_label = label_weights(truth, class_weight)
    if by_label is None and check.weights is None:
        return None
    weights = np.ones(truth.shape) if by_label is None else by_label.of(truth)
    return weights if check.weights is None else weights * check.weights[:, None]


def _refuse_targets(lesson: Lesson) -> None:
    if lesson.targets is not None or lesson.extra is not None:
        raise no_teacher()
