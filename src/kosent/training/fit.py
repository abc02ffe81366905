"""Keras ``fit`` with what a text classifier needs around it; there is no trainer class."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from kosent.architectures.layers import Embedding
from kosent.architectures.layers.uniqued import pays
from kosent.support.progress import Listener, Silent
from kosent.text.encoding.encoder import EncodedTexts
from kosent.training import checkpoints
from kosent.training.batches import GroupedBatches
from kosent.training.binary import label_weights
from kosent.training.binary_loss import BinaryLoss
from kosent.training.checkpoints import CHECKPOINTS, Checkpoints
from kosent.training.class_weights import weights_of
from kosent.training.examples import Examples, one_hot
from kosent.training.history import Record
from kosent.training.optimizers import Adam, make_optimizer
from kosent.training.progress import Progress
from kosent.training.rates import RateOfStep, linear_rates, plateau_reduction
from kosent.training.remembering import Memory, Remembering
from kosent.training.settings import TrainingSettings
from kosent.training.smoothing import Smoothed
from kosent.training.stopping import DivergedError, Guard, early_stopping, has_ended, keep_the_best
from kosent.training.tables import CatchUp, DeferredRows, Rates

PREDICTION_BATCH = 512


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Make weights and dropout repeatable inside; leave the caller's generators alone.

    Keras draws the seed of every initializer and dropout layer from Python's generator.
    ``keras.utils.set_random_seed`` would also set those of NumPy, Keras and TensorFlow, which
    nothing here reads and nobody could set back.
    """
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)


def fit(
    model: keras.Model,
    train: Examples,
    validation: Examples,
    settings: TrainingSettings,
    *,
    folder: Path | None = None,
    resume: bool = False,
    listener: Listener | None = None,
    memory: Memory | None = None,
) -> list[Record]:
    """Train a network and leave it with the weights that were best on the validation split.

    A loss that becomes infinite or NaN ends training; the weights are then those of the best epoch
    before it, and the listener is told.

    Args:
        model: An uncompiled model from ``kosent.architectures``.
        train: What it learns from; its targets by the cross-entropy, as labels are.
        validation: What decides on stopping, learning rate and the best weights.
        settings: Epochs, batch size, optimiser and the like.
        folder: Where checkpoints, ``metrics.jsonl`` and ``history.csv`` go; none without it.
        resume: Go on from the newest checkpoint in ``folder``, if there is one.
        listener: Receives progress events.
        memory: What the network said of the training texts before, to which it is to keep.

    Returns:
        One record an epoch: epoch, accuracy, loss, val_accuracy, val_loss, learning_rate, seconds.

    Raises:
        DataError: If a checkpoint is damaged or does not fit the network.
        UsageError: If the loss becomes infinite or NaN in the first epoch, as with too high a
            learning rate.
        RuntimeSetupError: If the disk refuses a checkpoint.
    """
    resumed = _resumed(folder, resume)
    if resumed and has_ended(resumed, settings):
        checkpoints.assign(checkpoints.by_path(model.weights), resumed.best)
        return resumed.history
    listener = listener or Silent()
    done = resumed.epoch if resumed else 0
    binary = _binary_losses(train, settings)
    train, validation = _with_targets(train, validation, memory, model.output_shape[-1])
    batches = _grouped_by_length(train, settings, done)
    model = _with_loss(model, settings.label_smoothing, memory, binary[1] if binary else None)
    weighted = settings.class_weight is not None or train.weights is not None
    soft = train.targets is not None
    _compile(model, settings, soft, weighted, binary[0] if binary else None)
    rates = None
    if settings.schedule == "linear":
        rates = linear_rates(settings.learning_rate, settings.epochs * len(batches))
    stopping = early_stopping(settings)
    rate = plateau_reduction(settings) if rates is None else RateOfStep(rates, len(batches))
    progress = Progress(listener, settings.epochs, len(batches))
    callbacks: list[keras.callbacks.Callback] = [CatchUp(_defer_tables(model, rates)), Guard()]
    callbacks += [stopping, rate, progress]
    if folder:
        callbacks.append(Checkpoints(folder, resumed, stopping, rate, progress))
    try:
        model.fit(
            batches,
            validation_data=_in_order_of_length(validation, settings),
            epochs=settings.epochs,
            initial_epoch=done,
            callbacks=callbacks,
            shuffle=False,  # GroupedBatches decides the order
            verbose=0,
        )
    except DivergedError as end:
        keep_the_best(model, stopping.best_weights, end, listener)
    return progress.history


def _with_targets(
    train: Examples, validation: Examples, memory: Memory | None, classes: int
) -> tuple[Examples, Examples]:
    """Turn labels into targets where they are learned: of both, since Keras takes one form."""
    if memory is not None:
        targets = one_hot(train.labels, classes) if train.targets is None else train.targets
        train = replace(train, targets=memory.beside(targets))
    if train.targets is not None and not train.multilabel:
        validation = replace(validation, targets=one_hot(validation.labels, classes))
    return train, validation


def _with_loss(
    model: keras.Model, smoothing: float, memory: Memory | None, loss: BinaryLoss | None
) -> keras.Model:
    if memory is not None:
        return Remembering(model, smoothing, memory, loss)
    return Smoothed(model, smoothing, loss) if smoothing else model


def _resumed(folder: Path | None, resume: bool) -> checkpoints.Checkpoint | None:
    if folder is None:
        return None
    if resume:
        return checkpoints.load_latest(folder / CHECKPOINTS)
    checkpoints.clear(folder / CHECKPOINTS)
    return None


def predict(model: keras.Model, texts: EncodedTexts) -> npt.NDArray[np.float32]:
    """Return class probabilities ``(n, classes)`` of encoded texts, in their order."""
    order = np.argsort(texts.lengths, kind="stable")
    out = np.empty((len(texts), model.output_shape[-1]), np.float32)
    for start in range(0, len(texts), PREDICTION_BATCH):
        rows = order[start : start + PREDICTION_BATCH]
        out[rows] = model.predict_on_batch(texts.pad(rows))
    return out


def _binary_losses(
    train: Examples, settings: TrainingSettings
) -> tuple[BinaryLoss, BinaryLoss] | None:
    """Return the loss of several labels a text, plain and smoothed; ``None`` of one a text."""
    if not train.multilabel or train.targets is None:
        return None
    weights = label_weights(train.targets, settings.class_weight)
    return BinaryLoss(weights), BinaryLoss(weights, settings.label_smoothing)


def _compile(
    model: keras.Model,
    settings: TrainingSettings,
    soft: bool,
    weighted: bool,
    binary: BinaryLoss | None,
) -> None:
    loss = binary or ("categorical_crossentropy" if soft else "sparse_categorical_crossentropy")
    # Made here: a name would become variables in the middle of tracing the first step, which
    # TensorFlow then traces again (1.2 s of CPU for the smallest LSTM).
    kind = keras.metrics.CategoricalAccuracy if soft else keras.metrics.SparseCategoricalAccuracy
    accuracy = [keras.metrics.BinaryAccuracy("accuracy") if binary else kind("accuracy")]
    # Weights, where there are any, are in what decides on stopping and the best weights too.
    model.compile(
        optimizer=make_optimizer(settings.optimizer, settings.learning_rate),
        loss=loss,
        metrics=None if weighted else accuracy,
        weighted_metrics=accuracy if weighted else None,
        jit_compile=False,  # XLA would compile anew for every length
    )
    model.optimizer.build(model.trainable_variables)


def _defer_tables(model: keras.Model, rates: Rates | None) -> list[DeferredRows]:
    """Let the rows of embedding tables wait for their next batch, where optimiser and layer can."""
    if type(model.optimizer) is not Adam or not pays():
        return []
    deferred = []
    for layer in model.layers:
        if isinstance(layer, Embedding):
            rows = model.optimizer.defer(layer.embeddings, rates)
            layer.before_read = rows.catch_up
            deferred.append(rows)
    return deferred


def _grouped_by_length(train: Examples, settings: TrainingSettings, done: int) -> GroupedBatches:
    return GroupedBatches(
        train.texts,
        train.outcomes,
        batch_size=settings.batch_size,
        seed=settings.seed,
        first_epoch=done,
        weights=weights_of(train, settings.class_weight),
        draw=train.draw,
    )


def _in_order_of_length(examples: Examples, settings: TrainingSettings) -> GroupedBatches:
    return GroupedBatches(
        examples.texts,
        examples.outcomes,
        batch_size=PREDICTION_BATCH,
        seed=None,
        weights=weights_of(examples, settings.class_weight),
    )
