"""The docs' table of prediction: what a process, a text, 50,000 reviews and millions of lines take.

Every ratio is between two things measured in this one run. Needs three bundles, trained by

    kosent train --corpus nsmc --model hybrid --epochs 2 --out runs/prediction/hybrid
    kosent train --corpus nsmc --model lstm --set units=64 --epochs 1 --out runs/prediction/bilstm64
    kosent train --corpus nsmc --model gru --set embedding_size=64 --set units=32 \
        --set dropout=0.3 --epochs 3 --out runs/prediction/small

Run: ``KOSENT_DATA=... python bench/prediction.py [--lines 5000000] [--only NAME ...]``
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

SENTENCE = "재미있을 줄 알았는데 완전 실망했다. 너무 졸리고 돈이 아까웠다"
KOSENT = [sys.executable, "-c", "from kosent_cli.main import main; main()"]
QUIET = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}

WITH_KERAS = """
import sys, keras
import kosent.architectures.layers
from kosent.text.encoding.encoder import TextEncoder
from pathlib import Path
folder = Path(sys.argv[1])
encoder = TextEncoder.from_files({p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()})
model = keras.models.load_model(sys.argv[2])
print(model.predict(encoder([sys.argv[3]]), verbose=0))
"""


def process(command: list[str], times: int = 5) -> tuple[float, float]:
    """Return the median seconds and the largest memory in MB of a whole process."""
    seconds, memory = [], []
    for _ in range(times):
        started = time.perf_counter()
        child = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=QUIET
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds.append(time.perf_counter() - started)
        memory.append(usage.ru_maxrss * 1024 / 1e6)
        assert child.returncode == 0, command
    return statistics.median(seconds), max(memory)


def timed(work: Callable[[], object], times: int) -> float:
    """Return the median seconds of a call."""
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def start(folder: Path) -> None:
    """Whole processes: kosent, a script with Keras, the help."""
    bundle = folder / "hybrid" / "bundle"
    seconds, memory = process([*KOSENT, "predict", "--bundle", str(bundle), SENTENCE])
    print(f"kosent predict            {seconds:.3f} s  {memory:.0f} MB")
    with tempfile.TemporaryDirectory() as scratch:
        saved = f"{scratch}/model.keras"
        save = "import sys, kosent; kosent.load(sys.argv[1]).model_.save(sys.argv[2])"
        subprocess.run([sys.executable, "-c", save, bundle, saved], check=True, env=QUIET)
        script = [sys.executable, "-c", WITH_KERAS, str(bundle), saved, SENTENCE]
        keras_seconds, keras_memory = process(script, 3)
    ratio = keras_seconds / seconds
    print(f"the same through Keras    {keras_seconds:.3f} s  {keras_memory:.0f} MB  x{ratio:.1f}")
    seconds, memory = process([*KOSENT, "--help"])
    print(f"kosent --help             {seconds:.3f} s  {memory:.0f} MB")


def one(folder: Path) -> None:
    """One text in a process that has loaded the model."""
    import kosent

    model = kosent.load(folder / "bilstm64" / "bundle")
    seconds = timed(lambda: model.predict_proba([SENTENCE]), 2000)
    print(f"one text, BiLSTM 64       {seconds * 1000:.3f} ms")


def many(folder: Path) -> None:
    """The NSMC test split, cleaning to probabilities."""
    import kosent

    corpus = kosent.load_corpus("nsmc", download=False)
    assert corpus.test is not None
    texts, labels = list(corpus.test.texts), list(corpus.test.labels)
    rates = {}
    for name in ("hybrid", "small"):
        model = kosent.load(folder / name / "bundle")
        rates[name] = len(texts) / timed(lambda model=model: model.predict_proba(texts), 3)
        accuracy = model.evaluate(texts, labels).accuracy
        print(f"{name:25} {rates[name]:,.0f} reviews/s  test accuracy {accuracy:.4f}")
    model = kosent.load(folder / "hybrid" / "bundle")
    keras_model, encoder = model.model_, model.encoder_

    def padded() -> np.ndarray:
        found: np.ndarray = keras_model.predict(encoder(texts), batch_size=512, verbose=0)
        return found

    padded()  # builds its graph
    rate = len(texts) / timed(padded, 2)
    print(f"hybrid, Keras, padded     {rate:,.0f} reviews/s  x{rates['hybrid'] / rate:.1f}")
    apart = np.abs(padded() - model.predict_proba(texts)).max()
    print(f"largest difference        {apart:.1e} over {len(texts):,} reviews")


def stream(folder: Path, lines: int) -> None:
    """A file of many lines to a file, with the memory at its largest."""
    import kosent

    corpus = kosent.load_corpus("nsmc", download=False)
    texts = [text.replace("\n", " ") for text in corpus.train.texts]
    bundle = str(folder / "small" / "bundle")
    with tempfile.TemporaryDirectory() as scratch:
        for count in (lines // 20, lines):
            source, target = Path(scratch, "in.txt"), Path(scratch, "out.jsonl")
            with source.open("w", encoding="utf-8") as file:
                for number in range(count):
                    file.write(texts[number % len(texts)] + "\n")
            target.unlink(missing_ok=True)
            command = [*KOSENT, "predict", "--bundle", bundle, "--input", str(source)]
            seconds, memory = process([*command, "--output", str(target)], 1)
            with target.open("rb") as file:
                assert sum(1 for _ in file) == count
            rate = count / seconds
            print(f"{count:>9,} lines  {seconds:.0f} s  {rate:,.0f} a second  {memory:.0f} MB")


def int8(folder: Path) -> None:
    """The size of a bundle in int8, and what it costs."""
    with tempfile.TemporaryDirectory() as scratch:
        bundle = str(folder / "hybrid" / "bundle")
        out = f"{scratch}/small.kosent"
        command = [*KOSENT, "export", out, "--bundle", bundle, "--quantize", "int8", "--json"]
        ended = subprocess.run(command, check=True, capture_output=True, env=QUIET)
        done = json.loads(ended.stdout)
        before, after = done["accuracy_before"], done["accuracy_after"]
        print(f"int8, 16k x 128           {done['bytes']:,} bytes  {before:.4f} -> {after:.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=Path, default=Path("runs/prediction"))
    parser.add_argument("--lines", type=int, default=5_000_000)
    parser.add_argument("--only", nargs="+", choices=["start", "one", "many", "stream", "int8"])
    options = parser.parse_args()
    # Whole processes before what loads TensorFlow here: the memory that Linux reports of a process
    # is never less than that of the one which started it.
    pieces = {
        "start": start,
        "stream": lambda runs: stream(runs, options.lines),
        "one": one,
        "many": many,
        "int8": int8,
    }
    for name, measure in pieces.items():
        if options.only is None or name in options.only:
            measure(options.runs)


if __name__ == "__main__":
    main()
