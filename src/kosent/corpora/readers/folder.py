"""Which files of a folder are the splits of a corpus."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kosent.corpora.encoding import unreadable
from kosent.corpora.readers.formats import SUFFIXES
from kosent.corpora.readers.opening import suffix_of
from kosent.errors import DataError

ROLES = {
    "train": {"train", "training"},
    "test": {"test", "testing"},
    "dev": {"dev", "devel", "valid", "validation", "val", "eval"},
}
_PART = re.compile(r"(?P<of>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})")


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a folder, by what they are for; those of a split in their order.

    Attributes:
        train: One file, or all its parts.
        test: Likewise; none where there is no test split.
        dev: Likewise.
        others: Names of the files that are for nothing.
    """

    train: list[Path]
    test: list[Path]
    dev: list[Path]
    others: list[str]

    @classmethod
    def of(cls, folder: Path) -> Folder:
        """Tell one train split and at most one test split.

        Raises:
            DataError: If that cannot be told, or a part of one is missing.
        """
        files = files_of(folder)
        train, test, dev = (_split(files, role) for role in ROLES)
        if not train or test is None:
            found = ", ".join(file.name for file in files[:20]) or "-"
            kinds = " ".join(SUFFIXES)
            raise DataError(
                f"'{folder}'에서 train 파일 하나와 (있으면) test 파일 하나를 가려낼 수 없습니다 "
                f"(형식: {kinds}). 찾은 파일: {found}",
                f"cannot tell one train file and at most one test file in '{folder}' "
                f"(formats: {kinds}). Found: {found}",
            )
        used = [*train, *test, *(dev or [])]
        return cls(train, test, dev or [], [file.name for file in files if file not in used])


def files_of(folder: Path) -> list[Path]:
    """Return the files of a folder that can be read as tables.

    Raises:
        DataError: If the folder cannot be read.
    """
    try:
        return sorted(
            entry
            for entry in folder.iterdir()
            if entry.is_file() and suffix_of(entry) in SUFFIXES and entry.name[0] != "."
        )
    except OSError as error:
        raise unreadable(folder, error) from error


def within(folder: Path) -> Path:
    """Return where the files of a folder are: in its ``data``, as on the Hugging Face hub, or here.

    Raises:
        DataError: If the folder cannot be read.
    """
    inner = folder / "data"
    if named(files_of(folder), "train") or not inner.is_dir():
        return folder
    return inner if named(files_of(inner), "train") else folder


def named(files: Sequence[Path], role: str) -> list[Path]:
    """Return the files named exactly so, else those with that word and none of another role."""
    exact = [file for file in files if stem_of(file).lower() in ROLES[role]]
    others = set().union(*(words for name, words in ROLES.items() if name != role))
    words = {file: set(re.split(r"[^a-z]+", stem_of(file).lower())) for file in files}
    return exact or [
        file for file in files if words[file] & ROLES[role] and not words[file] & others
    ]


def stem_of(path: Path) -> str:
    """Return the name of a file without the endings of its format and its packing."""
    suffix = suffix_of(path)
    name = path.name if path.suffix.lower() == suffix else path.stem
    return name[: -len(suffix)] if suffix else name


def _split(files: Sequence[Path], role: str) -> list[Path] | None:
    """Return the file of a split, or its parts, or none; ``None`` for files that are no parts.

    Raises:
        DataError: If a part is missing.
    """
    found = named(files, role)
    if len(found) < 2 and not any(_PART.fullmatch(stem_of(file)) for file in found):
        return found
    parts = [_PART.fullmatch(stem_of(file)) for file in found]
    kinds = {(part["of"], part["count"]) if part else None for part in parts}
    if None in kinds or len(kinds) > 1:
        return None
    numbers = {int(part["number"]) for part in parts if part}
    count = int(next(part["count"] for part in parts if part))
    missing = [number for number in range(count) if number not in numbers]
    if missing or len(numbers) < len(found):
        raise _incomplete(found[0], count, len(numbers), missing)
    return found


def _incomplete(first: Path, count: int, there: int, missing: Sequence[int]) -> DataError:
    listed = ", ".join(f"{number:05}" for number in missing[:5]) or "-"
    return DataError(
        f"'{first.name}'과(와) 함께여야 할 조각 {count:,}개 가운데 {there:,}개만 있습니다. 없는 "
        f"것: {listed}",
        f"of the {count:,} parts that '{first.name}' is one of {there:,} are there; missing: "
        f"{listed}",
    )
