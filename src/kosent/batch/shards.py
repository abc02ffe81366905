"""Files cut into shards of texts that any number of machines may answer, in any order.

Beside the file of answers stands a folder, ``NAME.shards``, with a file of texts and a file of
probabilities a shard, each there whole or not at all. Once all are there the answers are written as
one process writes them; a shard is a number of the lists that it would predict at once, so that
every number is the same.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from kosent.batch.worker import packed, unpacked
from kosent.corpora.readers.records import Notice
from kosent.corpora.readers.rows import open_rows
from kosent.errors import DataError, UsageError
from kosent.prediction.files import Summary, predict_file
from kosent.prediction.predictor import Predicted, Predictor
from kosent.prediction.writers import check_target, keeps_columns
from kosent.support.files import disk_errors, write_file
from kosent.support.processes import at_most
from kosent.support.progress import Listener
from kosent.text.bursts import bursts

LISTS = 16  # of at most 4,096 texts, a shard: some seconds of work
_PLAN = "plan.json"


class Shard(NamedTuple):
    """A part of a file's texts.

    Attributes:
        texts: The file of its texts.
        answers: The file of what they get.
    """

    texts: Path
    answers: Path


class Work(NamedTuple):
    """A file of texts, where its answers go, and how it is read.

    Attributes:
        source: The file.
        target: The file of answers.
        text_column: As for ``open_rows``.
        min_confidence: As for ``predict_file``.
    """

    source: Path
    target: Path
    text_column: str | None = None
    min_confidence: float | None = None

    @property
    def folder(self) -> Path:
        """Where the shards are."""
        return self.target.with_name(self.target.name + ".shards")

    @property
    def is_done(self) -> bool:
        """Whether the answers are there and no shard waits."""
        return self.target.exists() and not self.folder.exists()


def cut(work: Work, model: str, *, resume: bool, notice: Notice) -> list[Shard]:
    """Cut a file into shards, or find those that were cut.

    Args:
        work: The file.
        model: SHA-256 of the model's manifest.
        resume: Whether to go on with shards that are there.
        notice: Told how the file is read.

    Raises:
        UsageError: If there are shards, or answers, and ``resume`` is not asked for.
        DataError: If the shards are those of another state of the file, another column or another
            model; or the file cannot be read.
        RuntimeSetupError: If the disk refuses.
    """
    if work.folder.exists() and not resume:
        raise UsageError(
            f"'{work.folder}'에 하다 만 일이 있습니다. --resume으로 이어서 하거나 지우세요",
            f"unfinished work is in '{work.folder}'; go on with --resume, or remove it",
        )
    check_target(work.target, resume=resume and work.target.exists())
    plan = _plan_of(work, model)
    known = _read_plan(work)
    if known is None:
        count = _write_texts(work, notice)
        write_file(work.folder / _PLAN, json.dumps(plan | {"shards": count}).encode())
    else:
        count = known.pop("shards")
        if known != plan:
            raise _other_plan(work.folder)
    return [_shard(work.folder, number) for number in range(count)]


def answer(predictor: Predictor, shard: Shard) -> int:
    """Write what the texts of a shard get, with one thread; this is what other machines do.

    Args:
        predictor: The model.
        shard: The shard.

    Returns:
        How many texts there are.
    """
    lists = _read_texts(shard)
    with at_most(1):
        found = [packed(each) for each in predictor.predict_noted(iter(lists))]
    write_file(shard.answers, json.dumps(found).encode())
    return sum(map(len, lists))


def join(work: Work, shards: list[Shard], predictor: Predictor, listener: Listener) -> Summary:
    """Write the answers of a file from those of its shards, and remove the shards.

    Args:
        work: The file.
        shards: All of its shards, answered.
        predictor: The model, for its labels.
        listener: Receives progress events.

    Raises:
        DataError: If answers are missing, or do not fit the file.
        RuntimeSetupError: If the disk refuses.
    """
    every_column = keeps_columns(work.target)
    resume = work.target.exists()  # killed while it was written
    with open_rows(work.source, work.text_column, every_column=every_column) as rows:
        done = predict_file(
            _Answered(work, predictor, shards),
            rows,
            work.target,
            resume=resume,
            min_confidence=work.min_confidence,
            listener=listener,
        )
    shutil.rmtree(work.folder)
    return done


class _Answered(Predictor):
    """Gives what the shards hold, list after list in the order of the file."""

    def __init__(self, work: Work, predictor: Predictor, shards: list[Shard]) -> None:
        self._work = work
        self._shards = shards
        self.classes_ = predictor.classes_
        self.thresholds_ = predictor.thresholds_
        self.info_ = predictor.info_
        self.predict_all = predictor.predict_all  # type: ignore[method-assign] # no list of a file

    def predict_noted(self, parts: Iterable[list[str]]) -> Iterator[Predicted]:
        """Return what list after list of texts gets; those of rows that are written are passed."""
        stored = self._stored()
        for texts in parts:
            found = next((found for known, found in stored if known == texts), None)
            if found is None:
                raise _other_plan(self._work.folder)
            yield found

    def _stored(self) -> Iterator[tuple[list[str], Predicted]]:
        for shard in self._shards:
            for texts, document in zip(
                _read_texts(shard), json.loads(shard.answers.read_bytes()), strict=True
            ):
                yield texts, unpacked(document, len(self.classes_))


def _plan_of(work: Work, model: str) -> dict[str, Any]:
    found = work.source.stat()
    return {
        "source": [work.source.name, found.st_size, found.st_mtime_ns],
        "text_column": work.text_column,
        "model": model,
    }


def _read_plan(work: Work) -> dict[str, Any] | None:
    """Return what was planned; ``None`` where cutting has not ended."""
    try:
        plan: dict[str, Any] = json.loads((work.folder / _PLAN).read_bytes())
    except FileNotFoundError:
        return None
    except (ValueError, OSError) as error:
        raise _other_plan(work.folder) from error
    return plan


def _write_texts(work: Work, notice: Notice) -> int:
    """Write the texts of all shards; return how many shards there are."""
    with disk_errors(work.folder):
        work.folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with open_rows(work.source, work.text_column, notice=notice) as source:
        lists = (
            [row.text for row in rows if not row.fault]
            for burst in bursts(source.rows, source.ready)
            for rows in burst
        )
        while shard := list(islice(lists, LISTS)):
            data = json.dumps(shard, ensure_ascii=False).encode("utf-8", "surrogatepass")
            write_file(_shard(work.folder, count).texts, data)
            count += 1
    return count


def _read_texts(shard: Shard) -> list[list[str]]:
    lists: list[list[str]] = json.loads(shard.texts.read_bytes().decode("utf-8", "surrogatepass"))
    return lists


def _shard(folder: Path, number: int) -> Shard:
    return Shard(folder / f"{number:06}.texts", folder / f"{number:06}.answers")


def _other_plan(folder: Path) -> DataError:
    return DataError(
        f"'{folder}'은(는) 다른 파일이나 모델, 설정으로 하다 만 일입니다. 지우고 다시 하세요",
        f"'{folder}' is unfinished work on another file, model or column; remove it and begin anew",
    )
