from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kosent.errors import DataError, UsageError
from kosent.training.class_weights import row_weights
from kosent.training.settings import TrainingSettings

LENGTHS = [1 + row % 6 for row in range(40)]
FEW = LENGTHS[:14]
SETTINGS = TrainingSettings(epochs=4, batch_size=8, learning_rate=0.03, patience=4, seed=11)


class Recorder:
    """A listener that keeps what it was told; ``stop_at`` ends training like Ctrl-C."""

    def __init__(self, stop_at: str = "") -> None:
        self.stages: list[tuple[str, int | None]] = []
        self.steps = 0
        self.records: list[Mapping[str, float]] = []
        self.stop_at = stop_at

    def stage(self, name: str, total: int | None) -> None:
        self.stages.append((name, total))

    def advance(self, steps: int) -> None:
        self.steps += steps
        if self.stop_at and self.stages[-1][0] == self.stop_at:
            raise KeyboardInterrupt

    def epoch(self, record: Mapping[str, float]) -> None:
        self.records.append(dict(record))

    def notice(self, message: str) -> None:
        raise AssertionError(message)


@pytest.fixture(scope="module")
def fit(network: Callable[..., Any], examples: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that trains a new small network, and gives it with its history."""

    def run(settings: TrainingSettings = SETTINGS, **options: Any) -> tuple[Any, list[Any]]:
        from kosent.training.fit import fit as train
        from kosent.training.fit import seeded

        validation = options.pop("validation", None) or examples(FEW, seed=2)
        with seeded(settings.seed):
            model = network(seed=settings.seed)
            return model, train(model, examples(LENGTHS), validation, settings, **options)

    return run


@pytest.fixture(scope="module")
def uninterrupted(fit: Callable[..., Any]) -> tuple[Any, list[Any]]:
    """Return a network trained in one go with ``SETTINGS``, and its history."""
    return fit()


def same_weights(first: Any, second: Any) -> bool:
    return all(map(np.array_equal, first.get_weights(), second.get_weights()))


def untimed(history: list[dict[str, float]]) -> list[dict[str, float]]:
    return [{k: v for k, v in record.items() if k != "seconds"} for record in history]


def flipped(examples: Callable[..., Any]) -> Any:
    """Return a validation split that says the opposite: the more is learned, the worse."""
    from kosent.training.examples import Examples

    split = examples(LENGTHS, seed=3)
    return Examples(split.texts, 1 - split.labels)


def test_history_is_told_kept_and_written(fit: Callable[..., Any], tmp_path: Path) -> None:
    listener = Recorder()
    _, history = fit(folder=tmp_path, listener=listener)
    assert [record["epoch"] for record in history] == [1, 2, 3, 4]
    names = ["epoch", "accuracy", "loss", "val_accuracy", "val_loss", "learning_rate", "seconds"]
    assert sorted(history[0]) == sorted(names)
    assert listener.records == history
    assert listener.stages == [(f"epoch {n}/4", 5) for n in (1, 2, 3, 4)]
    assert listener.steps == 4 * 5
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == history
    with (tmp_path / "history.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 4
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == ["epoch-0004"]


def test_it_learns(fit: Callable[..., Any]) -> None:
    _, history = fit(TrainingSettings(epochs=8, batch_size=8, learning_rate=0.1, patience=8))
    assert max(record["val_accuracy"] for record in history) > 0.85


def test_the_same_seed_gives_the_same_weights_bit_for_bit(
    fit: Callable[..., Any], uninterrupted: tuple[Any, list[Any]]
) -> None:
    first, history = uninterrupted
    random.seed(99)  # the caller's generators have no part in it
    np.random.seed(99)
    second, again = fit()
    assert same_weights(first, second)
    assert untimed(history) == untimed(again)
    other, _ = fit(TrainingSettings(epochs=4, batch_size=8, learning_rate=0.03, seed=12))
    assert not same_weights(first, other)


def test_stopping_early_keeps_the_best_weights(
    fit: Callable[..., Any], examples: Callable[..., Any]
) -> None:
    from kosent.training.fit import predict

    validation = flipped(examples)
    settings = TrainingSettings(epochs=30, batch_size=8, learning_rate=0.002, patience=3, seed=11)
    model, history = fit(settings, validation=validation)
    accuracies = [record["val_accuracy"] for record in history]
    best = int(np.argmax(accuracies))
    assert len(history) == best + 1 + settings.patience < settings.epochs
    found = predict(model, validation.texts).argmax(axis=1)
    assert np.mean(found == validation.labels) == pytest.approx(max(accuracies), abs=1e-6)
    assert accuracies[-1] < max(accuracies) - 0.1  # the last weights would show


def test_learning_rate_falls_when_validation_loss_does_not(
    fit: Callable[..., Any], examples: Callable[..., Any]
) -> None:
    settings = TrainingSettings(
        epochs=4, batch_size=8, learning_rate=0.1, patience=4, reduce_factor=0.5, seed=11
    )
    _, history = fit(settings, validation=flipped(examples))
    losses = [record["val_loss"] for record in history]
    rates = [record["learning_rate"] for record in history]
    expected, best = [0.1, 0.1], losses[0]  # a record has the rate that its epoch began with
    for loss in losses[1:-1]:
        expected.append(expected[-1] * (0.5 if loss >= best else 1))
        best = min(best, loss)
    assert rates == pytest.approx(expected)
    assert rates[-1] < 0.1


@pytest.mark.parametrize("weighted", [0, 1])
@pytest.mark.usefixtures("without_tracing")
def test_class_weights_decide_between_classes(fit: Callable[..., Any], weighted: int) -> None:
    from kosent.training.fit import predict

    weight = {weighted: 1.0, 1 - weighted: 0.0}
    settings = TrainingSettings(
        epochs=6, batch_size=8, learning_rate=0.2, patience=6, class_weight=weight
    )
    from kosent.text.encoding.encoder import EncodedTexts
    from kosent.training.examples import Examples

    validation = Examples(
        EncodedTexts.from_rows([[2], [3], [4, 5]]), np.full(3, weighted, np.int32)
    )
    model, _ = fit(settings, validation=validation)
    assert (predict(model, validation.texts).argmax(axis=1) == weighted).all()


@pytest.mark.usefixtures("without_tracing")
def test_class_weights_count_in_what_decides_on_stopping(
    fit: Callable[..., Any], examples: Callable[..., Any]
) -> None:
    from kosent.training.fit import predict

    settings = TrainingSettings(
        epochs=6, batch_size=8, learning_rate=0.2, patience=6, class_weight={0: 0.0, 1: 1.0}
    )
    validation = examples(FEW, seed=2)
    model, history = fit(settings, validation=validation)
    found = predict(model, validation.texts).argmax(axis=1)
    assert 0 < (found == validation.labels).mean() < 1  # all are taken for the class that counts
    assert history[-1]["val_accuracy"] == 1.0


def test_seeded_leaves_the_generators_of_the_caller() -> None:
    import keras

    from kosent.training.fit import seeded

    def draw() -> list[float]:
        return [
            random.random(),  # noqa: S311
            float(np.random.rand()),
            float(keras.random.uniform(())),
        ]

    keras.utils.set_random_seed(5)
    expected = [draw(), draw()]
    keras.utils.set_random_seed(5)
    found = [draw()]
    with seeded(1):
        keras.layers.Dense(2).build((None, 3))
    found.append(draw())
    assert found == expected


def test_predict_keeps_the_order_of_rows(
    network: Callable[..., Any], texts_of: Callable[..., Any]
) -> None:
    from kosent.training.fit import PREDICTION_BATCH, predict

    model = network()
    texts = texts_of([1 + row * 7 % 11 for row in range(PREDICTION_BATCH + 9)])
    together = predict(model, texts)
    assert together.shape == (len(texts), 2)
    assert together.dtype == np.float32
    for row in (0, 1, 5, PREDICTION_BATCH, len(texts) - 1):
        alone = predict(model, texts.take(np.array([row])))[0]
        assert np.abs(alone - together[row]).max() < 1e-6
    assert predict(model, texts.take(np.array([], int))).shape == (0, 2)


@pytest.mark.usefixtures("without_tracing")
def test_a_loss_that_is_no_number_ends_in_one_line(fit: Callable[..., Any], tmp_path: Path) -> None:
    settings = TrainingSettings(epochs=3, batch_size=8, learning_rate=1e38, optimizer="sgd")
    with pytest.raises(UsageError, match="lower the learning_rate"):
        fit(settings, folder=tmp_path)
    assert not (tmp_path / "checkpoints").exists()


class Poison(Recorder):
    """Makes rows of the embedding table NaN at a step of an epoch, as an overflow would."""

    def __init__(self, model: Any, stage: str, step: int, rows: slice = slice(None)) -> None:
        super().__init__()
        self.table = model.get_layer("embedding").embeddings
        self.place = (stage, step)
        self.rows = rows
        self.told: list[str] = []

    def advance(self, steps: int) -> None:
        super().advance(steps)
        if (self.stages[-1][0], self.steps) == self.place:
            broken = np.array(self.table.numpy())
            broken[self.rows] = np.nan
            self.table.assign(broken)

    def notice(self, message: str) -> None:
        self.told.append(message)


@pytest.mark.parametrize("step", [11, 14, 15], ids=["first", "last but one", "last"])
@pytest.mark.usefixtures("without_tracing")
def test_a_loss_that_becomes_no_number_keeps_the_best_weights_before(
    step: int,
    fit: Callable[..., Any],
    network: Callable[..., Any],
    examples: Callable[..., Any],
    tmp_path: Path,
) -> None:
    """At the last of the epoch's five steps the validation part alone can tell."""
    from kosent.training import checkpoints as checkpoint
    from kosent.training.fit import fit as train

    expected, good = fit(replace(SETTINGS, epochs=2))
    model = network(seed=SETTINGS.seed)
    listener = Poison(model, "epoch 3/4", step)
    split = examples(LENGTHS), examples(FEW, seed=2)
    history = train(model, *split, SETTINGS, folder=tmp_path, listener=listener)
    assert untimed(history) == untimed(good)
    assert same_weights(model, expected)
    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    (said,) = listener.told
    assert "became nan in epoch 3" in said
    assert listener.steps == min(step + 1, 15)  # the others of the epoch are left out
    kept = checkpoint.load_latest(tmp_path / "checkpoints")
    assert kept is not None
    assert kept.epoch == 2
    assert all(np.isfinite(array).all() for array in kept.model.values())
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == history


@pytest.mark.usefixtures("without_tracing")
def test_a_resumed_run_that_goes_wrong_at_once_has_the_weights_it_came_with(
    fit: Callable[..., Any],
    network: Callable[..., Any],
    examples: Callable[..., Any],
    tmp_path: Path,
) -> None:
    from kosent.training.fit import fit as train

    expected, good = fit(replace(SETTINGS, epochs=2), folder=tmp_path)
    model = network(seed=SETTINGS.seed + 1)
    listener = Poison(model, "epoch 3/4", 1)
    split = examples(LENGTHS), examples(FEW, seed=2)
    history = train(model, *split, SETTINGS, folder=tmp_path, resume=True, listener=listener)
    assert history == good
    assert same_weights(model, expected)
    assert "became nan in epoch 3" in listener.told[0]


@pytest.mark.usefixtures("without_tracing")
def test_a_row_that_nobody_reads_again_is_seen_too(
    network: Callable[..., Any], examples: Callable[..., Any]
) -> None:
    from kosent.training.fit import fit as train

    model = network(seed=SETTINGS.seed)
    unknown = slice(1, 2)  # no text of these has that token
    listener = Poison(model, "epoch 2/4", 6, unknown)
    history = train(model, examples(LENGTHS), examples(FEW, seed=2), SETTINGS, listener=listener)
    assert len(history) == 1
    assert "weights became nan in epoch 2" in listener.told[0]
    assert np.isfinite(listener.table.numpy()).all()


def test_an_interrupted_run_goes_on_to_the_same_end(
    fit: Callable[..., Any], uninterrupted: tuple[Any, list[Any]], tmp_path: Path
) -> None:
    expected, history = uninterrupted
    with pytest.raises(KeyboardInterrupt):
        fit(folder=tmp_path, listener=Recorder(stop_at="epoch 3/4"))
    listener = Recorder()
    resumed, again = fit(folder=tmp_path, resume=True, listener=listener)
    assert [name for name, _ in listener.stages] == ["epoch 3/4", "epoch 4/4"]
    assert same_weights(resumed, expected)
    assert untimed(again) == untimed(history)
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in lines] == [1, 2, 3, 4]


@pytest.mark.usefixtures("without_tracing")
def test_a_rate_that_changes_at_every_step_goes_on_where_it_was(
    fit: Callable[..., Any],
    network: Callable[..., Any],
    examples: Callable[..., Any],
    tmp_path: Path,
) -> None:
    from kosent.training.fit import fit as train
    from kosent.training.rates import linear_rates

    class Rates(Recorder):
        """Keeps the rate that each step was made with."""

        def __init__(self, model: Any) -> None:
            super().__init__()
            self.model = model
            self.seen: list[float] = []

        def advance(self, steps: int) -> None:
            super().advance(steps)
            self.seen.append(float(self.model.optimizer.learning_rate))

    settings = replace(SETTINGS, schedule="linear")
    whole = network(seed=settings.seed)
    listener = Rates(whole)
    split = examples(LENGTHS), examples(FEW, seed=2)
    history = train(whole, *split, settings, listener=listener)
    rates = linear_rates(0.03, 4 * 5)
    assert listener.seen == pytest.approx(rates)
    assert [record["learning_rate"] for record in history] == pytest.approx(rates[4::5])
    with pytest.raises(KeyboardInterrupt):
        fit(settings, folder=tmp_path, listener=Recorder(stop_at="epoch 3/4"))
    resumed, again = fit(settings, folder=tmp_path, resume=True)
    assert same_weights(resumed, whole)
    assert untimed(again) == untimed(history)


@pytest.mark.usefixtures("without_tracing")
def test_smooth_labels_are_in_the_loss_of_training_alone(
    fit: Callable[..., Any], examples: Callable[..., Any], tmp_path: Path
) -> None:
    from kosent.training.fit import predict

    settings = replace(SETTINGS, label_smoothing=0.9, class_weight="balanced")
    validation = examples(FEW, seed=2)
    model, history = fit(settings, validation=validation)
    best = max(history, key=lambda record: record["val_accuracy"])
    true = predict(model, validation.texts)[np.arange(len(FEW)), validation.labels]
    weights = row_weights(validation.labels, settings.class_weight)
    loss = (weights * -np.log(true)).mean()
    assert best["val_loss"] == pytest.approx(loss, rel=1e-4)
    unsure = [record["loss"] for record in history]
    assert min(unsure) > -np.log([0.55, 0.45]) @ [0.55, 0.45] - 1e-6  # what is left to learn
    with pytest.raises(KeyboardInterrupt):
        fit(settings, folder=tmp_path, listener=Recorder(stop_at="epoch 3/4"))
    resumed, again = fit(settings, folder=tmp_path, resume=True)
    assert same_weights(resumed, model)
    assert untimed(again) == untimed(history)


@pytest.mark.usefixtures("without_tracing")
def test_targets_are_learned_in_the_place_of_labels(
    network: Callable[..., Any], examples: Callable[..., Any]
) -> None:
    from kosent.training.examples import one_hot
    from kosent.training.fit import fit as train
    from kosent.training.fit import predict, seeded

    settings = replace(SETTINGS, epochs=2, learning_rate=0.1, class_weight={0: 1.5, 1: 0.5})
    split, validation = examples(LENGTHS), examples(FEW, seed=2)

    def learned(targets: Any) -> tuple[Any, list[Any]]:
        with seeded(settings.seed):
            model = network(seed=settings.seed)
            taught = replace(split, targets=targets)
            return model, train(model, taught, validation, settings)

    plain, history = learned(None)
    sure, same = learned(one_hot(split.labels, 2))
    for one, other in zip(plain.get_weights(), sure.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    for one, other in zip(untimed(history), untimed(same), strict=True):
        assert one == pytest.approx(other, abs=1e-5)
    turned, history = learned(1 - one_hot(split.labels, 2))
    assert history[-1]["val_accuracy"] < 0.5 < same[-1]["val_accuracy"]
    best = max(history, key=lambda record: record["val_accuracy"])
    true = predict(turned, validation.texts)[np.arange(len(FEW)), validation.labels]
    weights = row_weights(validation.labels, settings.class_weight)
    loss = (weights * -np.log(true)).mean()
    assert best["val_loss"] == pytest.approx(loss, rel=1e-4)


def test_resuming_without_a_checkpoint_begins(
    fit: Callable[..., Any], uninterrupted: tuple[Any, list[Any]], tmp_path: Path
) -> None:
    expected, history = uninterrupted
    with pytest.raises(KeyboardInterrupt):
        fit(folder=tmp_path, listener=Recorder(stop_at="epoch 1/4"))
    resumed, again = fit(folder=tmp_path, resume=True)
    assert same_weights(resumed, expected)
    assert untimed(again) == untimed(history)


def test_resuming_a_run_that_had_stopped_early_only_restores(
    fit: Callable[..., Any], examples: Callable[..., Any], tmp_path: Path
) -> None:
    settings = TrainingSettings(epochs=30, batch_size=8, learning_rate=0.1, patience=2, seed=11)
    options = {"validation": flipped(examples), "folder": tmp_path}
    expected, history = fit(settings, **options)
    listener = Recorder()
    resumed, again = fit(settings, resume=True, listener=listener, **options)
    assert listener.stages == []
    assert same_weights(resumed, expected)
    assert again == history


def test_a_finished_run_can_go_on_for_more_epochs(
    fit: Callable[..., Any], uninterrupted: tuple[Any, list[Any]], tmp_path: Path
) -> None:
    expected, history = uninterrupted
    fit(replace(SETTINGS, epochs=2), folder=tmp_path)
    resumed, again = fit(folder=tmp_path, resume=True)
    assert same_weights(resumed, expected)
    assert untimed(again) == untimed(history)


@pytest.mark.usefixtures("without_tracing")
def test_starting_anew_forgets_old_checkpoints(fit: Callable[..., Any], tmp_path: Path) -> None:
    fit(folder=tmp_path)
    with pytest.raises(KeyboardInterrupt):
        fit(folder=tmp_path, listener=Recorder(stop_at="epoch 1/4"))
    listener = Recorder()
    fit(folder=tmp_path, resume=True, listener=listener)
    assert listener.stages[0][0] == "epoch 1/4"


@pytest.mark.usefixtures("without_tracing")
def test_a_checkpoint_of_another_network_is_refused(
    fit: Callable[..., Any],
    network: Callable[..., Any],
    examples: Callable[..., Any],
    tmp_path: Path,
) -> None:
    from kosent import architectures
    from kosent.training.fit import fit as train

    fit(folder=tmp_path)
    other = architectures.build("lstm", 12, 2, embedding_size=4, units=2)
    with pytest.raises(DataError, match="do not fit this network"):
        train(
            other,
            examples(LENGTHS),
            examples(FEW),
            replace(SETTINGS, epochs=9),
            folder=tmp_path,
            resume=True,
        )


@pytest.mark.usefixtures("without_tracing")
def test_a_damaged_checkpoint_is_refused(fit: Callable[..., Any], tmp_path: Path) -> None:
    fit(folder=tmp_path)
    path = tmp_path / "checkpoints" / "epoch-0004" / "optimizer.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(DataError, match=r"optimizer\.safetensors: checksum"):
        fit(folder=tmp_path, resume=True)


def test_the_loss_may_decide_and_the_rate_may_stay(
    fit: Callable[..., Any], examples: Callable[..., Any]
) -> None:
    settings = TrainingSettings(
        epochs=30,
        batch_size=8,
        learning_rate=0.05,
        patience=2,
        monitor="loss",
        reduce_patience=30,
        seed=11,
    )
    _, history = fit(settings, validation=flipped(examples))
    best = int(np.argmin([record["val_loss"] for record in history]))
    assert len(history) == best + 1 + settings.patience < settings.epochs
    assert [record["learning_rate"] for record in history] == pytest.approx([0.05] * len(history))


def test_own_weights_of_texts_reach_training_and_validation(examples: Callable[..., Any]) -> None:
    """As they are, and times those of the class; what is compiled is told that there are some."""
    from kosent.training.fit import _grouped_by_length, _in_order_of_length

    split = examples(LENGTHS, seed=3)
    own = np.linspace(0, 2, len(split.labels), dtype=np.float32)
    weighted = replace(split, weights=own)
    by_class = np.where(split.labels == 1, 3, 1).astype(np.float32)
    for settings, expected in (
        (TrainingSettings(), own),
        (TrainingSettings(class_weight={0: 1, 1: 3}), own * by_class),
    ):
        for batches in (
            _grouped_by_length(weighted, settings, 0),
            _in_order_of_length(weighted, settings),
        ):
            assert batches.weights is not None
            assert batches.weights.tolist() == expected.tolist()
    assert _grouped_by_length(split, TrainingSettings(), 0).weights is None
