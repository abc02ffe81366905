"""Write the encoder as a model of kosent: network ``gru``, reduced to int8.

A model has labels. This one's are where a text comes from, ``review`` or ``comment``, the only
thing known of every text without a person having labelled it: a logistic regression on the mean of
the states. Nobody needs that answer; the layers below are what is trained on from.

Run: ``KOSENT_DATA=... python bench/accuracy/encoder_bundle.py --encoder runs/encoder``
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from encoder import gather, network_weights
from encoder_tasks import Encoder
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

import kosent
from kosent.architectures.design import Architecture
from kosent.corpora import load_corpus
from kosent.models.pretrained import pretrained_path
from kosent.models.saving import parameters_as_data
from kosent.models.trained import Trained, write_onnx
from kosent.prediction.estimator import report_of
from kosent.prediction.network import Network
from kosent.support.version import __version__
from kosent.training.calibration import LAST_LAYER

CLASSES = ("comment", "review")
EACH = 12_000  # texts of each class, of which a sixth is held out
SEED = 0

Texts = list[str]


def sample() -> tuple[Texts, npt.NDArray[np.int32]]:
    """Return texts in mixed order and where they come from."""
    rng = np.random.default_rng(SEED)
    chosen = []
    for texts in reversed(gather()):
        chosen.append([texts[place] for place in rng.choice(len(texts), EACH, replace=False)])
    order = rng.permutation(2 * EACH)
    texts = [*chosen[0], *chosen[1]]
    return [texts[place] for place in order], (order >= EACH).astype(np.int32)


def last_layer(encoder: Encoder, texts: Texts, labels: npt.NDArray[np.int32]) -> dict[str, Any]:
    """Learn to tell the classes apart by the mean of the states."""
    features = encoder.features(encoder.text.encode(texts), known=True)
    with threadpool_limits(1):
        learned = LogisticRegression(C=1.0, max_iter=300).fit(features, labels)
    kernel = np.zeros((features.shape[1], len(CLASSES)), np.float32)
    kernel[:, 1] = learned.coef_[0]
    bias = np.array([0.0, learned.intercept_[0]], np.float32)
    return dict(zip(LAST_LAYER, (kernel, bias), strict=True))


def packed(encoder: Encoder, folder: Path) -> tuple[kosent.TextClassifier, float]:
    """Return the encoder as a classifier in int8, and its accuracy in float32."""
    texts, labels = sample()
    held = len(texts) // 6
    weights = network_weights(folder / "model.npz")
    weights |= last_layer(encoder, texts[held:], labels[held:])
    given = {**encoder.sizes, "pooling": "mean"}
    tokenizer = encoder.text.tokenizer.state()
    model = kosent.TextClassifier(
        "gru",
        architecture_options=given,
        tokenizer=tokenizer.name,
        tokenizer_options=dict(tokenizer.settings) | {"model_file": None},
        vocabulary_size=encoder.text.vocabulary_size,
        max_length=encoder.text.max_length,
    )
    design = Architecture(
        "gru",
        len(encoder.text.vocabulary),
        kosent.architectures.options("gru") | given,
    )
    known = encoder.text.encode(texts[:held])
    full = Trained.of(design, weights, len(CLASSES)).network.predict(known)
    small = Network(write_onnx(design, weights, len(CLASSES), int8=True), len(CLASSES))
    classes = np.asarray(CLASSES)
    validation = report_of(classes, classes[labels[:held]].tolist(), small.predict(known))
    model.classes_ = classes
    model.encoder_ = encoder.text
    model.trained_ = Trained(design, small, None)
    model.history_ = []
    model.validation_ = validation
    model.info_ = {
        "kosent_version": __version__,
        "parameters": parameters_as_data(model.values(), encoder.text, list(CLASSES)),
        "rows": {"train": len(texts) - held, "validation": held},
        "history": [],
        "validation": validation.to_dict(),
        "calibration": None,
        "corpus": {"name": "nsmc-raw (CC0), korean-hate-speech unlabeled (CC BY-SA 4.0)"},
    }
    return model, float((full.argmax(axis=1) == labels[:held]).mean())


def speed(path: Path) -> None:
    """Print how many reviews a second it answers, from raw texts to labels."""
    model = kosent.load(path)
    texts = list(load_corpus("nsmc").train.texts[:20_000])
    model.predict(texts[:1000])
    for _ in range(3):
        started, cpu = time.perf_counter(), time.process_time()
        model.predict(texts)
        wall, busy = time.perf_counter() - started, time.process_time() - cpu
        rate = f"{len(texts) / wall:,.0f} texts/s, {len(texts) / busy:,.0f} a second of processor"
        print(rate, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoder", type=Path, default=Path("runs/encoder"))
    parser.add_argument("--out", type=Path, default=pretrained_path().with_name("encoder.kosent"))
    options: Any = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    model, before = packed(Encoder(options.encoder), options.encoder)
    model.save(options.out, overwrite=True)
    after = model.validation_.accuracy
    print(f"{options.out}: {options.out.stat().st_size:,} bytes")
    print(f"review or comment, held out: {before:.4f} float32, {after:.4f} int8")
    speed(options.out)


if __name__ == "__main__":
    main()
