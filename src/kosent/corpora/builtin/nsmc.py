r"""Naver sentiment movie corpus v1.0 (CC0, github.com/e9t/nsmc): 200,000 short reviews.

A file is ``id\tdocument\tlabel`` without any quoting: a review may begin with a
``"`` that never closes, so a CSV reader with quoting swallows the rows after it.
Exact duplicates stay, as in every published figure.
"""

from __future__ import annotations

from pathlib import Path

from kosent.corpora.base import (
    NEGATIVE,
    POSITIVE,
    Audit,
    Corpus,
    CorpusSpec,
    Dropped,
    RemoteFile,
    Split,
    assemble,
)
from kosent.corpora.encoding import decode, read_bytes, split_lines
from kosent.errors import DataError

HEADER = "id\tdocument\tlabel"
LABELS = {"0": NEGATIVE, "1": POSITIVE}
_RAW = "https://raw.githubusercontent.com/e9t/nsmc/master"


def read_rows(text: str, source: str) -> Split:
    """Read one file of the NSMC format.

    Args:
        text: The decoded file.
        source: Its name, for the audit and for messages.

    Returns:
        The split; rows without text, with another number of columns than three or a
        label other than 0 and 1 are in its audit.

    Raises:
        DataError: If the first line is not the header, or no row is usable.
    """
    lines = split_lines(text)
    header = lines[0] if lines else ""
    if header != HEADER:
        raise DataError(
            f"'{source}'의 첫 줄이 NSMC 형식이 아닙니다. "
            f"있어야 할 줄: {HEADER!r}, 받은 줄: {header[:80]!r}",
            f"the first line of '{source}' is not that of NSMC. "
            f"Expected: {HEADER!r}. Received: {header[:80]!r}",
        )
    texts: list[str] = []
    labels: list[str] = []
    dropped: list[Dropped] = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if reason := _fault(cells):
            dropped.append(Dropped(number, reason, source))
        else:
            texts.append(cells[1])
            labels.append(LABELS[cells[2]])
    if not texts:
        raise DataError(
            f"'{source}'에 쓸 수 있는 줄이 없습니다 (읽은 줄: {len(dropped)})",
            f"no usable row in '{source}' (rows read: {len(dropped)})",
        )
    return Split(texts, labels, Audit(len(lines) - 1, len(texts), tuple(dropped)))


def read_pair(name: str, train: Path, test: Path) -> Corpus:
    """Read two files of the NSMC format to a Korean corpus."""
    splits: list[Split] = []
    notices: list[str] = []
    for path in (train, test):
        text, remarks = decode(read_bytes(path), path.name)
        splits.append(read_rows(text, path.name))
        notices.extend(remarks)
    return assemble(name, "ko", splits[0], splits[1], notices)


def _fault(cells: list[str]) -> str:
    if cells == [""]:
        return "blank line"
    if len(cells) != 3:
        return "wrong column count"
    if not cells[1].strip():
        return "empty text"
    return "" if cells[2] in LABELS else "unknown label"


def _read(folder: Path) -> Corpus:
    return read_pair(
        "nsmc", folder / "nsmc" / "ratings_train.txt", folder / "nsmc" / "ratings_test.txt"
    )


SPEC = CorpusSpec(
    name="nsmc",
    language="ko",
    title="네이버 영화평 20만 건 (긍정·부정) / 200,000 Korean movie reviews (positive, negative)",
    licence="CC0 1.0",
    homepage="https://github.com/e9t/nsmc",
    rows={"train": 150_000, "test": 50_000},
    files=(
        RemoteFile(
            path="nsmc/ratings_train.txt",
            url=f"{_RAW}/ratings_train.txt",
            size=14_628_807,
            algorithm="git-blob",
            checksum="ac0dba272895dc1d0b3dd5f11afbeaeb7abe7876",
        ),
        RemoteFile(
            path="nsmc/ratings_test.txt",
            url=f"{_RAW}/ratings_test.txt",
            size=4_893_335,
            algorithm="git-blob",
            checksum="b6cfcd8cd1557bcd9bf06617b0e429ed73e9a367",
        ),
    ),
    read=_read,
)
