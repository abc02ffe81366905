"""Where the time of a review goes in the packaged model: encoding, and the network by operators.

Times are of one core: processor time of the encoding, and ONNX Runtime's own of each operator, each
the least of some rounds. Then what one text takes in process, the least of 25 calls of each text.
Run:

    KOSENT_DATA=... python bench/parts.py [--bundle my.kosent]
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import onnxruntime as ort

from kosent import TextClassifier, load_corpus
from kosent.models.pretrained import pretrained_path
from kosent.prediction.network import IDS, batches

TEXTS = 12_000
ROUNDS = 6
CALLS = 25
SINGLE = 400


def least(work: Callable[[], object], clock: Callable[[], float], rounds: int) -> float:
    """Return the least time that some work takes, in seconds."""
    times = []
    for _ in range(rounds):
        started = clock()
        work()
        times.append(clock() - started)
    return min(times)


def operators(model: TextClassifier, texts: list[str]) -> dict[str, float]:
    """Return the microseconds a text of each kind of operator."""
    encoded = model.encoder_.encode(texts)
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_profiling = True
    with tempfile.TemporaryDirectory() as folder:
        options.profile_file_prefix = str(Path(folder, "profile"))
        session = ort.InferenceSession(model.trained_.network.onnx, options)
        for _ in range(ROUNDS):
            for rows in batches(encoded.lengths):
                session.run(None, {IDS: encoded.pad(rows)})
        events = json.loads(Path(session.end_profiling()).read_text("utf-8"))
    times: dict[tuple[str, str], list[int]] = defaultdict(list)
    for event in events:
        if event["cat"] == "Node" and event["name"].endswith("kernel_time"):
            times[event["args"]["op_name"], event["name"]].append(event["dur"])
    found: dict[str, float] = defaultdict(float)
    for (kind, _), durations in times.items():
        each = len(durations) // ROUNDS  # batches
        rounds = [durations[at : at + each] for at in range(0, len(durations), each)]
        found[kind] += sum(map(min, zip(*rounds, strict=True))) / len(texts)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bundle", type=Path, default=pretrained_path())
    model = TextClassifier.load(parser.parse_args().bundle)
    texts = load_corpus("nsmc").split("test").texts[:TEXTS]
    encoding = least(lambda: model.encoder_.encode(texts), time.thread_time, ROUNDS)
    whole = least(lambda: model.predict(texts), time.process_time, ROUNDS)
    print(f"{'whole, all cores':20} {whole / len(texts) * 1e6:6.1f} us")
    print(f"{'encoding':20} {encoding / len(texts) * 1e6:6.1f} us")
    found = operators(model, texts)
    for kind, time_of in sorted(found.items(), key=lambda item: -item[1]):
        print(f"{kind:20} {time_of:6.1f} us")
    singles = []
    for text in texts[:SINGLE]:
        singles.append(least(lambda one=text: model.predict([one]), time.perf_counter, CALLS))
    print(f"{'one text':20} {statistics.median(singles) * 1e3:6.3f} ms")


if __name__ == "__main__":
    main()
