"""What the encoder is worth on tasks that it has not seen, judged on training rows alone.

Of each task a part of the training split is held out, or its published dev split is taken where
there is a test split beside it; no test split is read. Reported is macro F1 of

- ``tfidf``: characters 1 to 5, logistic regression, balanced;
- ``frozen``: the mean of the encoder's states (or what ``--pooling`` says), logistic regression,
  balanced;
- ``random``: the same of a network with random weights;
- ``tuned``: the whole network trained on from the encoder's weights;
- ``scratch``: the same from random weights, other settings alike;
- ``+tfidf``: the sum of its logarithms and those of ``tfidf``.

Run: ``KOSENT_DATA=... python bench/accuracy/encoder_tasks.py --encoder runs/encoder [TASK ...]``
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from kosent.corpora import CORPORA, data_folder, load_corpus
from kosent.corpora.builtin import nsmc_raw
from kosent.corpora.sampling import stratified
from kosent.text.encoding.encoded import EncodedTexts
from kosent.text.encoding.encoder import TextEncoder

SEED = 0
FRACTION = 0.2  # of the rows is held out where there is no dev split
OF_SAMPLE = 0.4  # where only some rows are taken
EPOCHS = 2, 8  # at least, at most
FEW = 2000  # texts, below which a batch is 32
PREDICTED = 256  # texts at a time

Array = npt.NDArray[np.float32]


class Task(NamedTuple):
    """Rows to learn and rows to judge on: texts and class numbers of each."""

    texts: list[str]
    labels: npt.NDArray[np.int32]
    held: list[str]
    truth: npt.NDArray[np.int32]


def of_corpus(name: str, rows: int | None = None) -> Task:
    """Hold a part of a corpus' training split out, copies of a text on one side."""
    split = load_corpus(name).train
    seen = _crawled() if name.startswith("kodoli") else set()
    first = {
        " ".join(text.split()): (text, label)
        for text, label in zip(split.texts, split.labels, strict=True)
    }
    pairs = [pair for text, pair in sorted(first.items()) if text not in seen]
    if rows is not None and rows < len(pairs):
        pairs = [pairs[place] for place in stratified([str(p[1]) for p in pairs], rows, SEED)]
    labels = [str(label) for _, label in pairs]
    fraction = FRACTION if rows is None else OF_SAMPLE
    held = set(stratified(labels, int(len(pairs) * fraction), SEED))
    numbers = np.unique(labels, return_inverse=True)[1].astype(np.int32)
    texts = [text for text, _ in pairs]
    inside = np.array([place not in held for place in range(len(pairs))])
    return Task(
        [text for text, keep in zip(texts, inside, strict=True) if keep],
        numbers[inside],
        [text for text, keep in zip(texts, inside, strict=True) if not keep],
        numbers[~inside],
    )


def _crawled() -> set[str]:
    """Return the texts of the raw crawl, some of which are in KODOLI too."""
    return {text for _, text in nsmc_raw.reviews(CORPORA["nsmc-raw"].files[0].place(data_folder()))}


def of_files(folder: str, text: str, label: str) -> Task:
    """Take published train and dev splits."""
    splits = []
    for name in ("train", "dev"):
        path = data_folder() / folder / f"{name}.tsv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        splits.append(([row[text] for row in rows], [row[label] for row in rows]))
    (texts, labels), (held, truth) = splits
    classes = np.unique(labels)
    return Task(
        texts,
        np.searchsorted(classes, labels).astype(np.int32),
        held,
        np.searchsorted(classes, truth).astype(np.int32),
    )


TASKS = {
    "korean-hate-speech": lambda: of_corpus("korean-hate-speech"),
    "kodoli": lambda: of_corpus("kodoli", 5000),
    "chatbot": lambda: of_corpus("chatbot", 5000),
    "kobest-sentineg": lambda: of_files("kobest/SentiNeg", "Text", "Label"),
    "sib200-ko": lambda: of_files("sib200/kor_Hang", "text", "category"),
    "3i4k": lambda: of_corpus("3i4k", 5000),
    "kodoli-sentiment": lambda: of_corpus("kodoli-sentiment", 5000),
    "nsmc": lambda: of_corpus("nsmc", 5000),
}


def linear(texts: Array, labels: npt.NDArray[np.int32], held: Array, strength: float) -> Array:
    model = make_pipeline(
        StandardScaler(),
        LogisticRegression(C=strength, max_iter=300, class_weight="balanced"),
    )
    found: Array = model.fit(texts, labels).predict_proba(held)
    return found


def tfidf(task: Task) -> Array:
    model = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 5), sublinear_tf=True, min_df=2),
        LogisticRegression(C=10, max_iter=300, class_weight="balanced"),
    )
    found: Array = model.fit(task.texts, task.labels).predict_proba(task.held)
    return found


class Encoder:
    """The encoder's files as the benchmark reads them.

    Args:
        folder: What ``encoder.py`` wrote.
    """

    def __init__(self, folder: Path) -> None:
        files = {path.name: path.read_bytes() for path in (folder / "encoder").iterdir()}
        self.text = TextEncoder.from_files(files)
        from encoder import network_weights

        self.weights = network_weights(folder / "model.npz")
        self.sizes = {
            "embedding_size": self.weights["embedding/embeddings"].shape[1],
            "units": self.weights["gru_1/forward_gru/gru_cell/recurrent_kernel"].shape[0],
        }

    def network(self, classes: int, known: bool, dropout: float, pooling: str = "max") -> Any:
        """Build the network, with the encoder's weights or random ones."""
        from kosent import architectures
        from kosent.training.checkpoints import by_path
        from kosent.training.fit import seeded

        with seeded(SEED):
            model = architectures.build(
                "gru",
                len(self.text.vocabulary),
                classes,
                dropout=dropout,
                pooling=pooling,
                **self.sizes,
            )
        if known:
            weights = by_path(model.weights)
            for name, value in self.weights.items():
                weights[name].assign(value)
        return model

    def features(self, texts: EncodedTexts, known: bool, pooling: str = "mean") -> Array:
        """Return the ``mean`` or ``max`` of the states ``(n, 2U)``, or ``both`` side by side."""
        import keras

        model = self.network(2, known, 0.0)
        states = keras.Model(model.inputs, model.get_layer("gru_1").output)
        width = 2 * self.sizes["units"]
        out = np.empty((len(texts), 2 * width), np.float32)
        order = np.argsort(texts.lengths, kind="stable")
        for start in range(0, len(texts), PREDICTED):
            rows = order[start : start + PREDICTED]
            ids = texts.pad(rows)
            values = np.asarray(states.predict_on_batch(ids))  # (B, T, 2U)
            there = (ids > 0)[..., None]
            out[rows, :width] = np.where(there, values, -np.inf).max(1)
            out[rows, width:] = np.where(there, values, 0).sum(1) / there.sum(1)
        return out[:, {"max": slice(width), "mean": slice(width, None)}.get(pooling, slice(None))]

    def tuned(self, task: Task, ids: tuple[EncodedTexts, EncodedTexts], known: bool, o: Any) -> Any:
        """Train the whole network; return probabilities of the held-out rows, and the epochs."""
        from kosent.training.examples import Examples
        from kosent.training.fit import fit, predict
        from kosent.training.settings import TrainingSettings

        model = self.network(int(task.labels.max()) + 1, known, o.dropout, o.pooling)
        epochs = o.epochs or int(np.clip(round(o.seen / len(task.labels)), *EPOCHS))
        settings = TrainingSettings(
            epochs=epochs,
            batch_size=32 if len(task.labels) < FEW else o.batch,
            learning_rate=o.rate,
            schedule="linear",
            patience=epochs,
            class_weight=o.class_weight,
            label_smoothing=o.smoothing,
            seed=SEED,
        )
        held = stratified([str(label) for label in task.labels], len(task.labels) // 10, SEED)
        inside = np.setdiff1d(np.arange(len(task.labels)), held)
        history = fit(
            model,
            Examples(ids[0].take(inside), task.labels[inside]),
            Examples(ids[0].take(np.array(held)), task.labels[held]),
            settings,
        )
        return predict(model, ids[1]), history


def together(*probabilities: Array) -> Array:
    total: Array = np.sum([np.log(each.clip(1e-9)) for each in probabilities], axis=0)
    return total


def judged(truth: npt.NDArray[np.int32], found: Array) -> str:
    return f"{f1_score(truth, found.argmax(1), average='macro'):.3f}"


def known_or_made(path: Path, make: Any) -> Array:
    """Return what a file holds, made and written where it is missing."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, make())
    found: Array = np.load(path)
    return found


def measure(name: str, encoder: Encoder, options: Any) -> None:
    """Print a line with every figure of a task."""
    task = TASKS[name]()
    cpu = time.process_time()
    words = known_or_made(options.out / f"{name}-tfidf.npy", lambda: tfidf(task))
    line = [f"{name:20} {len(task.texts):6}", f"tfidf {judged(task.truth, words)}"]
    ids = encoder.text.encode(task.texts), encoder.text.encode(task.held)
    for label, known in (("frozen", True), ("random", False)):
        if label in options.kinds:
            cpu = time.process_time()
            features = [encoder.features(each, known, options.pooling) for each in ids]
            found = linear(features[0], task.labels, features[1], options.strength)
            line.append(f"{label} {judged(task.truth, found)}")
            line.append(f"+tfidf {judged(task.truth, together(found, words))}")
            line.append(f"({time.process_time() - cpu:.0f} s)")
            np.save(options.out / f"{name}-{label}.npy", found)
    for label, known in (("tuned", True), ("scratch", False)):
        if label in options.kinds:
            cpu = time.process_time()
            found, history = encoder.tuned(task, ids, known, options)
            epochs = "/".join(f"{record['val_accuracy']:.2f}" for record in history)
            line.append(f"{label} {judged(task.truth, found)}")
            line.append(f"+tfidf {judged(task.truth, together(found, words))}")
            line.append(f"({time.process_time() - cpu:.0f} s, {epochs})")
            np.save(options.out / f"{name}-{label}.npy", found)
    print("  ".join(line), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="TASK", help=f"of {', '.join(TASKS)}")
    parser.add_argument("--encoder", type=Path, default=Path("runs/encoder"))
    parser.add_argument("--out", type=Path, default=Path("runs/encoder-tasks"))
    parser.add_argument("--kinds", nargs="*", default=["frozen", "random", "tuned", "scratch"])
    parser.add_argument("--pooling", choices=("max", "mean"), default="mean")
    parser.add_argument("--strength", type=float, default=0.002, help="C of the regression")
    parser.add_argument("--seen", type=int, default=12_000, help="texts that training reads")
    parser.add_argument("--epochs", type=int, help="instead of what --seen comes to")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--dropout", type=float, default=0.4)
    parser.add_argument("--smoothing", type=float, default=0.0)
    parser.add_argument("--class-weight", default="balanced")
    parser.add_argument("--threads", type=int, default=1)
    options: Any = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    encoder = Encoder(options.encoder)
    # Of a busy machine's processors several threads of BLAS are slower than one, fifty times.
    with threadpool_limits(1):
        for name in options.names or TASKS:
            measure(name, encoder, options)


if __name__ == "__main__":
    main()
