"""Many files: which ones a user means, where the answers to each go, and one after another."""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from kosent.corpora.readers.formats import SUFFIXES
from kosent.corpora.readers.opening import STDIN, suffix_of
from kosent.corpora.readers.records import Notice
from kosent.corpora.readers.rows import open_rows
from kosent.errors import DataError, KosentError, UsageError
from kosent.prediction.files import Summary, predict_file
from kosent.prediction.predictor import Predictor
from kosent.prediction.writers import LINES, WHOLE, check_target, keeps_columns
from kosent.support.files import disk_errors
from kosent.support.paths import user_path
from kosent.support.progress import Listener


class Pair(NamedTuple):
    """A file of texts, and the file of answers to it."""

    source: Path
    target: Path


class Found(NamedTuple):
    """A file that a user means.

    Attributes:
        path: Where it is.
        name: Its name below the folder that was given, or its name alone.
    """

    path: Path
    name: Path


def are_many(inputs: Sequence[str], output: str | None) -> bool:
    """Tell whether inputs are to be answered in a folder: not where they are one file, or stdin.

    Args:
        inputs: As of :func:`pairs`.
        output: Likewise.
    """
    if len(inputs) != 1:
        return len(inputs) > 1
    path = user_path(inputs[0])
    if inputs[0] == STDIN:
        return False
    is_folder = output is not None and (output.endswith(os.sep) or user_path(output).is_dir())
    return is_folder or path.is_dir() or (not path.exists() and glob.has_magic(str(path)))


def pairs(inputs: Sequence[str], output: str) -> list[Pair]:
    """Find the files that inputs mean, and the file of answers to each.

    Args:
        inputs: Files, folders (all files in and below them that kosent reads by their ending, not
            the hidden ones), and patterns with ``*``, ``?``, ``[...]`` and ``**``.
        output: The folder of the answers. Names stay, those of folders too; of formats that are
            not written, such as ``.txt``, and without an ending, ``.jsonl`` comes behind.

    Returns:
        In the order of the inputs, within one by name; each file once.

    Raises:
        DataError: If there is no file.
        UsageError: If the answers to two files would get one name, or ``output`` is a file.
    """
    folder = user_path(output)
    if folder.exists() and not folder.is_dir():
        raise UsageError(
            f"여러 파일의 결과에는 폴더가 필요합니다. --output은 파일입니다: '{output}'",
            f"the answers to several files need a folder; --output is a file: '{output}'",
        )
    own = folder.resolve()
    files: dict[Path, Found] = {}
    for given in inputs:
        for each in _found(given):
            files.setdefault(each.path.resolve(), each)
    kept = [file for path, file in files.items() if own not in path.parents]
    made = [Pair(file.path, folder / _answers_name(file.name)) for file in kept]
    for target, count in Counter(pair.target for pair in made).items():
        if count > 1:
            raise _one_name(target, [str(pair.source) for pair in made if pair.target == target])
    return made


def check_pairs(made: Sequence[Pair], resume: bool) -> None:
    """Refuse what cannot be written, before anything is predicted.

    Raises:
        UsageError: If a file of answers exists and ``resume`` is not asked for.
        RuntimeSetupError: As :func:`kosent.prediction.writers.check_target`.
    """
    for pair in made:
        if not (resume and pair.target.exists()):
            check_target(pair.target)


def predict_files(
    classifier: Predictor,
    made: Sequence[Pair],
    *,
    text_column: str | None = None,
    resume: bool = False,
    min_confidence: float | None = None,
    listener: Listener,
    notice: Notice = lambda _: None,
) -> Iterator[tuple[Pair, Summary | KosentError]]:
    """Answer one file after another; one that cannot be read does not keep the others waiting.

    Args:
        classifier: A fitted classifier, or a :class:`kosent.batch.Pool`.
        made: Files and where their answers go.
        text_column: As for ``open_rows``.
        resume: Go on: answers that are there stay, files that are written whole are done.
        min_confidence: As for ``predict_file``.
        listener: Receives progress events, a stage a file.
        notice: Told how each file is read.

    Yields:
        Each pair, and what was written or why it could not be read.

    Raises:
        RuntimeSetupError: If the disk refuses.
        BundleError: If the model fails.
    """
    for pair in made:
        is_there = pair.target.exists()
        if is_there and resume and pair.target.suffix.lower() in WHOLE:
            yield pair, Summary(0, 0, 0)
            continue
        with disk_errors(pair.target):
            pair.target.parent.mkdir(parents=True, exist_ok=True)
        found: Summary | KosentError
        try:
            every_column = keeps_columns(pair.target)
            with open_rows(
                pair.source, text_column, every_column=every_column, notice=notice
            ) as rows:
                found = predict_file(
                    classifier,
                    rows,
                    pair.target,
                    resume=resume and is_there,
                    min_confidence=min_confidence,
                    listener=listener,
                )
        except (DataError, UsageError) as error:
            found = error
        yield pair, found


def _found(given: str) -> list[Found]:
    """Return the files that one input means."""
    path = user_path(given)
    if path.is_dir():
        inside = sorted(each for each in path.rglob("*") if each.is_file() and _is_read(each, path))
        found = [Found(each, each.relative_to(path)) for each in inside]
    elif path.exists() or not glob.has_magic(str(path)):
        found = [Found(path, Path(path.name))]  # what is not there is said where it is opened
    else:
        root = _fixed(path)
        matches = map(Path, sorted(glob.glob(str(path), recursive=True)))  # noqa: PTH207 - any path
        found = [Found(each, each.relative_to(root)) for each in matches if each.is_file()]
    if not found:
        raise DataError(
            f"'{given}'에 읽을 파일이 없습니다. 읽는 끝: {', '.join(SUFFIXES)}",
            f"no file to read in '{given}'; endings that are read: {', '.join(SUFFIXES)}",
        )
    return found


def _is_read(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return suffix_of(path) in SUFFIXES and not hidden


def _fixed(pattern: Path) -> Path:
    """Return the folders of a pattern before its first star."""
    parts = pattern.parts
    stars = [place for place, part in enumerate(parts) if glob.has_magic(part)]
    return Path(*parts[: stars[0]])


def _answers_name(name: Path) -> Path:
    ending = suffix_of(name)
    plain = name.with_suffix("") if ending != name.suffix.lower() else name  # packed
    written = ending and (ending in LINES or ending in WHOLE)
    return plain if written else plain.with_name(plain.name + ".jsonl")


def _one_name(target: Path, sources: Sequence[str]) -> UsageError:
    both = ", ".join(sources[:3])
    return UsageError(
        f"여러 파일의 결과가 한 이름 '{target}'이 됩니다: {both}. 따로 실행하거나 이름을 바꾸세요",
        f"the answers to several files would be one file '{target}': {both}; run them apart, or "
        "rename them",
    )
