"""The NSMC post's own network: trained as the post does in plain Keras, and by kosent.

The network has 20,000 words cut to 5 characters, 25 of them, Embedding 300, LSTM 50, softmax 2
(6,070,302 parameters), trained with batches of 120, a fifth of the training split held out.
Three ways take turns, each in a fresh process and with the same words and the same rows
held out:

* ``plain``: padded to 25, no mask, Keras' Adam, ``model.fit`` on arrays;
* ``kosent``: the same network, Adam and batch size; batches grouped by length and trimmed;
* ``fast``: kosent's own setting, ``sparse_adam`` and larger batches;
* ``lazy``, where it is named: ``fast`` with "lazy" Adam, which keeps the first moment of a row;
* ``post``, where it is named: ``plain`` on the post's own words (``nsmc_words.py``), of which the
  empty one is the commonest, with the last fifth of all rows held out: its code as it is.

Run: ``KOSENT_DATA=... python bench/nsmc_post.py --seeds 1 2 3 --epochs 2``. An epoch's time
includes its validation. Encoding is left out on both sides.

``--as-the-post`` holds out the last fifth, counts the words of both parts, as cutting ids with
Keras' ``validation_split`` does, and leaves unknown words out; otherwise a fifth is drawn at
random, its words are not counted, and unknown ones get an id.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

WORDS, LENGTH, EMBEDDING, UNITS, BATCH = 20_000, 25, 300, 50, 120
PARAMETERS = 6_070_302
FAST = {"optimizer": "sparse_adam", "batch_size": 480, "learning_rate": 2e-3}
WAYS = ("plain", "kosent", "fast")
LITERAL, LAZY = "post", "lazy"
EVERY_WAY = (*WAYS, LITERAL, LAZY)


def prepare(seed: int, as_the_post: bool) -> Any:
    """Return encoded training and validation rows with their labels."""
    import numpy as np

    import kosent
    from kosent.text.encoding.encoder import TextEncoder
    from kosent.training.examples import Examples
    from kosent.training.splits import hold_out

    corpus = kosent.load_corpus("nsmc")
    numbers = np.array([label == "positive" for label in corpus.train.labels], np.int32)
    train, held = hold_out(numbers, 0.2, seed, "last" if as_the_post else "random")
    encoder = TextEncoder(
        "whitespace",
        cleaning="source",
        vocabulary_size=WORDS,
        max_length=LENGTH,
        tokenizer_options={"max_chars": 5},
        drop_unknown=as_the_post,
    )
    texts = corpus.train.texts
    encoder.fit(texts if as_the_post else [texts[i] for i in train])
    learned = encoder.encode([texts[i] for i in train])
    checked = encoder.encode([texts[i] for i in held])
    return Examples(learned, numbers[train]), Examples(checked, numbers[held])


def literal() -> Any:
    """Return the post's own rows: its words, no unknown one, the last fifth held out."""
    import numpy as np

    from kosent.text.encoding.encoded import EncodedTexts
    from kosent.training.examples import Examples
    from nsmc_words import numbered

    rows, labels = numbered()
    held = round(0.8 * len(rows))
    parts = slice(held), slice(held, None)
    return [
        Examples(EncodedTexts.from_rows(rows[part]), np.array(labels[part], np.int32))
        for part in parts
    ]


def train_plain(train: Any, validation: Any, epochs: int, seed: int) -> list[dict[str, float]]:
    """Train as the post does: a Sequential model on padded arrays."""
    import keras

    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((LENGTH,), dtype="int32"),
            keras.layers.Embedding(WORDS, EMBEDDING),
            keras.layers.LSTM(UNITS),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )
    assert model.count_params() == PARAMETERS, model.count_params()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    clock = epoch_clock()
    fitted = model.fit(
        train.texts.pad(length=LENGTH),
        train.labels,
        batch_size=BATCH,
        epochs=epochs,
        validation_data=(validation.texts.pad(length=LENGTH), validation.labels),
        callbacks=[clock],
        verbose=0,
    )
    return [
        {"seconds": seconds, "val_accuracy": accuracy}
        for seconds, accuracy in zip(clock.seconds, fitted.history["val_accuracy"], strict=True)
    ]


def epoch_clock() -> Any:
    """Return a callback that measures epochs, validation included."""
    import keras

    class Clock(keras.callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.seconds: list[float] = []

        def on_epoch_begin(self, *_: object) -> None:
            self.start = time.perf_counter()

        def on_epoch_end(self, *_: object) -> None:
            self.seconds.append(time.perf_counter() - self.start)

    return Clock()


def train_kosent(
    train: Any, validation: Any, epochs: int, seed: int, **changes: Any
) -> list[dict[str, float]]:
    """Train the same network by kosent."""
    from kosent.architectures import lstm
    from kosent.training.fit import fit, seeded
    from kosent.training.settings import TrainingSettings

    settings = {"batch_size": BATCH, "patience": epochs, **changes}
    with seeded(seed):
        model = lstm(
            WORDS,
            2,
            embedding_size=EMBEDDING,
            units=UNITS,
            bidirectional=False,
            pooling="last",
            dropout=0.0,
        )
        assert model.count_params() == PARAMETERS, model.count_params()
        return fit(model, train, validation, TrainingSettings(epochs=epochs, seed=seed, **settings))


def make_lazy() -> None:
    """Let ``sparse_adam`` mean lazy Adam: a row that is read also moves by its first moment."""
    from keras import ops

    from kosent.training import optimizers

    class LazyAdam(optimizers.SparseAdam):
        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            if not hasattr(gradient, "indices"):
                super().update_step(gradient, variable, learning_rate)
                return
            rows, summed = optimizers._sum_by_row(gradient.indices, gradient.values)
            m, v = optimizers._moments(self, variable)
            step = ops.cast(self.iterations + 1, variable.dtype)
            rate = ops.cast(learning_rate, variable.dtype)
            rate = rate * ops.sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step)
            first, second = m.sparse_read(rows), v.sparse_read(rows)  # (R, E)
            to_first = (summed - first) * (1 - self.beta_1)
            to_second = (ops.square(summed) - second) * (1 - self.beta_2)
            change = rate * (first + to_first) / (ops.sqrt(second + to_second) + self.epsilon)
            for table, move in ((m, to_first), (v, to_second), (variable, -change)):
                self.assign_add(table, type(gradient)(move, rows, gradient.dense_shape))

    optimizers._CLASSES["sparse_adam"] = LazyAdam


def run_one(way: str, epochs: int, seed: int, as_the_post: bool) -> None:
    """Train one way and print its epochs as JSON; the parent reads the last line."""
    train, validation = literal() if way == LITERAL else prepare(seed, as_the_post)
    if way in ("plain", LITERAL):
        history = train_plain(train, validation, epochs, seed)
    else:
        changes = FAST if way in ("fast", LAZY) else {}
        if way == LAZY:
            make_lazy()
        history = train_kosent(train, validation, epochs, seed, **changes)
    keep = ("seconds", "val_accuracy")
    print(json.dumps([{name: epoch[name] for name in keep} for epoch in history]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--ways", nargs="+", default=WAYS, choices=EVERY_WAY)
    parser.add_argument("--as-the-post", action="store_true")
    parser.add_argument("--way", choices=EVERY_WAY, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        run_one(options.way, options.epochs, options.seeds[0], options.as_the_post)
        return
    results: dict[str, list[list[dict[str, float]]]] = {way: [] for way in options.ways}
    for seed in options.seeds:
        for way in options.ways:
            command = [sys.executable, str(Path(__file__).resolve()), "--way", way]
            command += ["--epochs", str(options.epochs), "--seeds", str(seed)]
            command += ["--as-the-post"] if options.as_the_post else []
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            history = json.loads(done.stdout.splitlines()[-1])
            results[way].append(history)
            print(f"seed {seed} {way:7}", *map(describe, history), sep="  ", flush=True)
    for epoch in range(options.epochs):
        summarise(results, epoch)


def describe(epoch: dict[str, float]) -> str:
    return f"{epoch['seconds']:.1f} s {epoch['val_accuracy']:.4f}"


def summarise(results: dict[str, list[list[dict[str, float]]]], epoch: int) -> None:
    """Print mean accuracy and the median of the ratios of time to the first way, seed by seed."""
    first, *_ = results
    plain = [run[epoch]["seconds"] for run in results[first]]
    for way, runs in results.items():
        accuracy = statistics.mean(run[epoch]["val_accuracy"] for run in runs)
        median = statistics.median(run[epoch]["seconds"] for run in runs)
        ratios = [run[epoch]["seconds"] / p for run, p in zip(runs, plain, strict=True)]
        print(
            f"epoch {epoch + 1} {way:7} {median:6.1f} s"
            f"  {statistics.median(ratios):5.2f} of {first}  validation {accuracy:.4f}"
        )


if __name__ == "__main__":
    main()
