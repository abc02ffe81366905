"""Shards answered by actors of Ray Data, on one machine or many that share a folder."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from kosent.batch.predict import Predict
from kosent.batch.shards import Shard, Work, answer, cut, join
from kosent.corpora.readers.records import Notice
from kosent.errors import BundleError, KosentError, RuntimeSetupError
from kosent.prediction.files import Summary
from kosent.support.checks import check_count
from kosent.support.executors.cluster import check_installed, connected, last_line
from kosent.support.progress import Listener

# Ray Data needs a processor for what is not an actor: where actors hold all of them it waits
# forever (ray issues 44687 and 62746).
_FREE = 1.0
_FREE_OF_ONE = 0.5  # where there is one


class Shards:
    """What an actor does: it loads the model once, and answers shard after shard.

    Args:
        bundle: The saved model, in a folder that all machines have.
        sha256: Which model that must be.

    Raises:
        BundleError: If it is another one on this machine.
    """

    def __init__(self, bundle: str | None, sha256: str) -> None:
        self._predict = Predict(bundle)
        if self._predict.sha256 != sha256:
            raise BundleError(
                f"이 기계의 '{bundle}'은(는) 다른 모델입니다. 모든 기계에 같은 모델을 두세요",
                f"'{bundle}' is another model on this machine; give all machines the same one",
            )

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Answer some shards; return how many texts each had."""
        shards = zip(batch["texts"], batch["answers"], strict=True)
        found = [answer(self._predict.predictor, Shard(*map(Path, each))) for each in shards]
        return {"texts": np.array(found, np.int64)}


def predict_on_ray(
    bundle: Path,
    works: Sequence[Work],
    *,
    jobs: int | None = None,
    resume: bool = False,
    listener: Listener,
    notice: Notice = lambda _: None,
) -> Iterator[tuple[Work, Summary]]:
    """Answer files on the cluster that ``RAY_ADDRESS`` names, that runs here, or a new one here.

    Files and model must lie in folders that all machines share. Shards that are answered stay so:
    ``resume`` goes on with the others, and those of an actor or machine that dies are done again.

    Args:
        bundle: The saved model.
        works: The files.
        jobs: How many actors; without it one a processor but the one that stays free.
        resume: Go on with shards that are there.
        listener: Receives progress events.
        notice: Told how each file is read.

    Yields:
        Each file and what was written, once all shards of all files are answered.

    Raises:
        RuntimeSetupError: If Ray is not installed, or does not start, or the disk refuses.
        UsageError, DataError: As :func:`kosent.batch.shards.cut`.
        BundleError: If a machine has another model.
    """
    if jobs is not None:
        check_count("jobs", jobs)
    check_installed()
    predict = Predict(bundle.absolute())
    model = predict.sha256
    cuts = [cut(work, model, resume=resume, notice=notice) for work in works]
    left = [shard for shards in cuts for shard in shards if not shard.answers.exists()]
    listener.stage("predict", sum(shard.texts.stat().st_size for shard in left))
    if left:
        with connected() as machines, _understood():
            _answer(left, str(predict.bundle), model, (jobs, sum(machines)), listener)
    for work, shards in zip(works, cuts, strict=True):
        yield work, join(work, shards, predict.predictor, listener)


def actors(jobs: int | None, processors: float) -> tuple[int, float]:
    """Return how many actors there are and what each holds of a processor, so that one stays free.

    Args:
        jobs: How many are asked for.
        processors: Those of the cluster.
    """
    free = _FREE if processors > 1 else _FREE_OF_ONE
    count = jobs or max(1, int(processors - free))
    return count, min(1.0, int((processors - free) / count * 100) / 100 or 0.01)


def _answer(
    left: Sequence[Shard],
    bundle: str,
    model: str,
    asked: tuple[int | None, float],
    listener: Listener,
) -> None:
    import ray.data

    logging.getLogger("ray.data").setLevel(logging.ERROR)  # its import has set another
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    count, share = actors(*asked)
    rows = [{"texts": str(each.texts), "answers": str(each.answers)} for each in left]
    blocks = ray.data.from_items(rows, override_num_blocks=len(rows))
    done = blocks.map_batches(
        Shards,
        fn_constructor_args=(bundle, model),
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(size=min(count, len(rows))),
        num_cpus=share,
    )
    average = sum(each.texts.stat().st_size for each in left) // len(left)
    for _ in done.iter_rows():
        listener.advance(average)


@contextmanager
def _understood() -> Iterator[None]:
    """Let an actor's own error through, and make one of Ray's a line."""
    import ray

    try:
        yield
    except ray.exceptions.RayError as error:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, KosentError):
            cause = getattr(cause, "cause", None) or cause.__cause__
        if cause is not None:
            raise cause from None
        raise RuntimeSetupError(
            f"Ray에서 실패했습니다 ({last_line(error)}). --resume으로 이어서 하세요",
            f"it failed on Ray ({last_line(error)}); go on with --resume",
        ) from error
