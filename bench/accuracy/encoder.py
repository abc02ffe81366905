"""Make the packaged encoder: a two-way language model of Korean reviews and comments.

It learns from the raw crawl behind NSMC (CC0; reviews of all stars, which it does not see, without
those of NSMC's test split) and from the unlabelled comments of the Korean hate speech corpus (CC
BY-SA 4.0; without those of its dev split), each text once. SentencePiece learns from the same
texts. What was made stands in ``--out``; a run that was stopped goes on from its last checkpoint.

Run: ``KOSENT_DATA=... python bench/accuracy/encoder.py --out runs/encoder``
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.corpora import CORPORA, data_folder
from kosent.corpora.builtin import nsmc_raw
from kosent.text.encoding.encoded import EncodedTexts
from kosent.text.encoding.encoder import TextEncoder
from kosent.text.tokenizers import make

COMMENTS = "korean-hate-speech/unlabeled/unlabeled_comments_5.txt"
HELD_OUT = 2000  # texts on which the language model is judged
LONGEST = 128  # pieces that the encoder keeps of a text
LEARNED = 96  # of which the language model reads so many
WARM_UP = 200  # steps
SAVE_EVERY = 120.0  # seconds


def gather() -> tuple[list[str], list[str]]:
    """Return the reviews and the comments, each text once, sorted."""
    test = CORPORA["nsmc"].files[1].place(data_folder()).read_bytes().decode()
    rows = [line.split("\t") for line in test.split("\n")[1:]]
    ids = {row[0] for row in rows}
    texts = {_spaced(row[1]) for row in rows if len(row) > 1}
    reviews = {
        text
        for number, text in nsmc_raw.reviews(CORPORA["nsmc-raw"].files[0].place(data_folder()))
        if number not in ids and text not in texts
    }
    hate = CORPORA["korean-hate-speech"].files[1].place(data_folder()).read_bytes().decode()
    dev = {_spaced(line.split("\t")[0].strip('"')) for line in hate.split("\n")[1:]}
    lines = (data_folder() / COMMENTS).read_bytes().decode().split("\n")
    comments = {_spaced(line) for line in lines} - dev - reviews - {""}
    return sorted(reviews), sorted(comments)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def encoder_of(reviews: list[str], comments: list[str], options: Any) -> TextEncoder:
    """Train SentencePiece on all comments and a part of the reviews; or read what was trained."""
    folder: Path = options.out / "encoder"
    if folder.exists():
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        return TextEncoder.from_files(files)
    rng = np.random.default_rng(options.seed)
    some = rng.choice(len(reviews), min(len(reviews), options.tokenizer_reviews), replace=False)
    tokenizer = make("sentencepiece", vocabulary_size=options.vocabulary)
    encoder = TextEncoder(tokenizer, cleaning="korean", max_length=LONGEST)
    encoder.fit([*comments, *(reviews[place] for place in sorted(some))])
    aside = folder.with_name("encoder.new")
    aside.mkdir(parents=True, exist_ok=True)
    for name, data in encoder.files().items():
        (aside / name).write_bytes(data)
    aside.rename(folder)
    return encoder


def train(ids: EncodedTexts, held: EncodedTexts, options: Any) -> None:
    """Train the language model for so many epochs, or minutes if those are over before.

    The rate falls linearly with whichever is further, so that the end of the one that ends first
    finds it at 0.
    """
    from language_model import LanguageModel

    from kosent.training.batches import GroupedBatches

    counts = np.bincount(ids.ids, minlength=options.vocabulary).astype(np.float64)
    counts[0] = len(ids)  # the end of each text
    model = LanguageModel(
        options.vocabulary, options.size, options.units, options.drawn,
        counts / counts.sum(), options.seed,
    )  # fmt: skip
    path: Path = options.out / "model.npz"
    record = model.restore(path) if path.exists() else {"seconds": 0.0, "epoch": 0, "batch": 0}
    nothing = np.zeros(len(ids), np.int32)
    batches = GroupedBatches(
        ids, nothing, batch_size=options.batch, seed=options.seed, first_epoch=record["epoch"]
    )
    total, limit = options.epochs * len(batches), options.minutes * 60
    before, saved, pieces, losses = time.monotonic() - record["seconds"], time.monotonic(), 0, []
    started, cpu = time.monotonic(), time.process_time()
    while record["epoch"] < options.epochs and record["seconds"] < limit:
        batch = batches[record["batch"]][0]
        share = max(model.done / total, record["seconds"] / limit)
        rate = options.rate * min((model.done + 1) / WARM_UP, 1.0) * (1 - share)
        losses.append(model.step(batch, rate, options.seed))
        pieces += int((batch > 0).sum())
        record["batch"] += 1
        if record["batch"] == len(batches):
            record |= {"epoch": record["epoch"] + 1, "batch": 0}
            batches.on_epoch_end()
        record["seconds"] = time.monotonic() - before
        if model.done % 100 == 0:
            wall, busy = time.monotonic() - started, time.process_time() - cpu
            print(
                f"step {model.done:6} of {total}  rate {rate:.5f}  loss {np.mean(losses):.3f}  "
                f"{pieces / wall:,.0f} pieces/s, {pieces / busy:,.0f} a second of processor",
                flush=True,
            )
            losses = []
        if time.monotonic() - saved > SAVE_EVERY:
            model.save(path, record)
            saved = time.monotonic()
    model.save(path, record)
    loss = [model.full_loss(held.pad(np.arange(at, at + 100))) for at in range(0, HELD_OUT, 100)]
    print(f"epochs {model.done / len(batches):.2f}, {record['seconds']:.0f} s", flush=True)
    print(f"held-out loss {np.mean(loss):.4f} nats a piece (whole vocabulary)", flush=True)


def network_weights(path: Path) -> dict[str, npt.NDArray[np.float32]]:
    """Return what the language model and the network ``gru`` have in common, by its paths there."""
    with np.load(path) as arrays:
        found = {"embedding/embeddings": arrays["embedding"]}
        for number, direction in enumerate(("forward", "backward")):
            cell = f"gru_1/{direction}_gru/gru_cell"
            biases = [arrays[name][number] for name in ("kernel_bias", "state_bias")]
            found |= {
                f"{cell}/kernel": arrays["kernel"][number],
                f"{cell}/recurrent_kernel": arrays["state"][number],
                f"{cell}/bias": np.stack(biases),
            }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("runs/encoder"))
    parser.add_argument("--vocabulary", type=int, default=8000)
    parser.add_argument("--tokenizer-reviews", type=int, default=200_000)
    parser.add_argument("--size", type=int, default=128, help="of an embedding")
    parser.add_argument("--units", type=int, default=256, help="of one direction")
    parser.add_argument("--drawn", type=int, default=1000, help="pieces of the softmax")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=35.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options: Any = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    options.out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    reviews, comments = gather()
    print(f"{len(reviews):,} reviews, {len(comments):,} comments", flush=True)
    encoder = encoder_of(reviews, comments, options)
    options.vocabulary = len(encoder.vocabulary)
    texts = [*reviews, *comments]
    order = np.random.default_rng(options.seed).permutation(len(texts))
    ids = encoder.encode([texts[place] for place in order]).trimmed(LEARNED, "post")
    print(f"{len(ids.ids):,} pieces after {time.monotonic() - started:.0f} s", flush=True)
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    held, learned = np.split(np.arange(len(ids)), [HELD_OUT])
    train(ids.take(learned), ids.take(held), options)


if __name__ == "__main__":
    main()
