"""One model in 16 threads at once, and in processes that were forked or started anew.

Each thread encodes, predicts and loads, over and over; each answer is that of one thread alone.
Then processes begin by fork and by spawn, once after the import and once after a prediction.

Run: ``python bench/threads.py [--threads 16] [--rounds 20]``
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import kosent
from kosent.models.loading import load_predictor

GOLDEN = Path(__file__).parents[1] / "tests" / "golden"
TEXTS = [f"영화가 정말 {'재밌다' if n % 3 else '지루하다'} {n}" for n in range(64)]
PATIENCE = 120  # seconds for a process


class Expected(NamedTuple):
    """What one thread alone gets."""

    model: Any
    ids: Any
    probabilities: Any

    def differs(self, begin: int) -> str:
        """Encode and predict from another text on; return what is not as it was."""
        order = TEXTS[begin:] + TEXTS[:begin]
        if not np.array_equal(encoded(self.model, order), np.roll(self.ids, -begin, 0)):
            return "other ids"
        found = self.model.predict_proba(order)
        is_same = np.allclose(found, np.roll(self.probabilities, -begin, 0), atol=1e-6)
        return "" if is_same else "other probabilities"

    def differs_loaded(self) -> str:
        """Load the model again; return what is not as it was."""
        found = load_predictor(GOLDEN / "format-2-gru").predict_all(TEXTS).probabilities
        return "" if np.allclose(found, self.probabilities, atol=1e-6) else "another model"


def encoded(model: Any, texts: list[str]) -> Any:
    return model.encoder_.encode(texts).pad(np.arange(len(texts)))


def in_threads(model: Any, threads: int, rounds: int) -> list[str]:
    """Use one model in threads; return what was not as in one thread."""
    expected = Expected(model, encoded(model, TEXTS), model.predict_proba(TEXTS))
    wrong: list[str] = []
    together = threading.Barrier(threads)

    def work(number: int) -> None:
        together.wait()
        for turn in range(rounds):
            wrong.append(expected.differs((number + turn) % len(TEXTS)))
            if turn % 5 == 0:
                wrong.append(expected.differs_loaded())

    def noted(number: int) -> None:
        try:
            work(number)
        except Exception as error:
            wrong.append(f"thread {number}: {error!r}")

    started = [threading.Thread(target=noted, args=[number]) for number in range(threads)]
    for each in started:
        each.start()
    for each in started:
        each.join()
    return list(filter(None, wrong))


def predicted(answers: Any) -> None:
    """Answer from a process; it loads the model itself."""
    answers.put(kosent.load(GOLDEN / "format-2-gru").predict_proba(TEXTS).tolist())


def used(model: Any, answers: Any) -> None:
    """Answer from a process, with a model that its parent has used."""
    answers.put(model.predict_proba(TEXTS).tolist())


def in_process(method: str, target: Any, arguments: tuple[Any, ...]) -> list[list[float]] | None:
    """Return what a process answers; ``None`` where it does not."""
    context: Any = multiprocessing.get_context(method)
    answers = context.SimpleQueue()
    process = context.Process(target=target, args=(*arguments, answers))
    process.start()
    process.join(PATIENCE)
    if process.exitcode is None:
        process.kill()
    found: list[list[float]] | None = None if answers.empty() else answers.get()
    return found


def processes(when: str, model: Any) -> list[str]:
    """Fork and spawn; return what did not answer as this process does."""
    wrong = []
    for method in ("fork", "spawn"):
        ways: list[tuple[Any, tuple[Any, ...]]] = [(predicted, ())]
        ways += [(used, (model,))] if model is not None else []
        for target, arguments in ways:
            found = in_process(method, target, arguments)
            expected = kosent.load(GOLDEN / "format-2-gru").predict_proba(TEXTS) if found else 0
            if found is None or not np.allclose(found, expected, atol=1e-6):
                wrong.append(f"{method} {when}: {target.__name__}: {found and 'others'}")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    started = time.perf_counter()
    # Nothing but the import has happened here, and nothing more happens between the two.
    first = {method: in_process(method, predicted, ()) for method in ("fork", "spawn")}
    model = kosent.load(GOLDEN / "format-2-gru")
    expected = model.predict_proba(TEXTS)
    wrong = [
        f"{method} after the import"
        for method, found in first.items()
        if found is None or not np.allclose(found, expected, atol=1e-6)
    ]
    wrong += processes("after a prediction", model)
    wrong += in_threads(model, given.threads, given.rounds)
    wrong += processes("after threads", model)
    print(*wrong, sep="\n")
    print(
        f"{given.threads} threads, {given.rounds} rounds each, 10 processes: {len(wrong)} wrong; "
        f"{time.perf_counter() - started:.0f} s"
    )
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
