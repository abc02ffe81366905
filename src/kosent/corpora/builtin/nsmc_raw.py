"""The raw crawl behind NSMC (CC0, folder ``raw`` of github.com/e9t/nsmc), labelled by stars.

Labels follow NSMC's rule: 1 to 4 stars are negative, 9 and 10 positive, those between are left
out. The test split is NSMC's own, and its reviews are taken out of the training split by their
ids and by their texts, so that a figure on the one may be reported for a model of the other.

The crawl is read in either of two forms: a table, ``raw_reviews.tsv.gz`` (id, rating, document),
or the repository as GitHub packs it, with one JSON file a movie. White space in a review counts as
one space, as in NSMC's files, and rows are sorted by id: the same rows give the same corpus in
both forms.
"""

from __future__ import annotations

import gzip
import json
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kosent.corpora.base import (
    NEGATIVE,
    POSITIVE,
    Audit,
    Corpus,
    Dropped,
    Split,
    assemble,
)
from kosent.corpora.builtin import nsmc
from kosent.corpora.encoding import decode, read_bytes, split_lines, unreadable
from kosent.corpora.fetching import archives
from kosent.corpora.spec import CorpusSpec, RemoteFile
from kosent.errors import DataError
from kosent.language import Message

COMMIT = "b6232e69290a826104357381560e18adbad23473"  # the one that holds the folder raw
MOVIE = re.compile(r"[^/]+/raw/\d{1,18}\.json", re.ASCII)
MAX_MOVIE = 16 * 2**20  # bytes; a movie has 100 reviews of at most 140 characters
HEADER = b"id\trating\tdocument\n"
LABELS = {str(stars): NEGATIVE for stars in range(1, 5)}
LABELS |= {str(stars): "" for stars in range(5, 9)}
LABELS |= {str(stars): POSITIVE for stars in range(9, 11)}
_KEYS = ("review_id", "rating", "review")
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as it was found; ``fault`` says why it is none."""

    line: int
    source: str
    number: str = ""
    stars: str = ""
    text: str = ""
    fault: str = ""


def read_raw(path: Path, test_ids: Iterable[str], test_texts: Iterable[str]) -> Split:
    """Read the crawl, in either form, without what is in the test split.

    Args:
        path: The table where its name ends in ``.tsv.gz``, otherwise the archive.
        test_ids: Ids of the test split's reviews.
        test_texts: Their texts; white space makes no difference.

    Returns:
        The split, sorted by id; every other row is in its audit.

    Raises:
        DataError: If the file is cut, damaged, or without a usable row.
    """
    rows = _rows(path)
    ids, texts = set(test_ids), {_spaced(text) for text in test_texts}
    seen: set[int] = set()
    dropped: list[Dropped] = []
    kept: list[tuple[int, str, str]] = []  # id, text, label
    for row in rows:
        reason = row.fault or _fault(row, ids, texts)
        if not reason and int(row.number) in seen:
            reason = "repeated id"
        if reason:
            dropped.append(Dropped(row.line, reason, row.source))
        else:
            seen.add(int(row.number))
            kept.append((int(row.number), row.text, LABELS[row.stars]))
    if not kept:
        raise DataError(
            f"'{path}'에 쓸 수 있는 영화평이 없습니다 (읽은 것: {len(dropped)})",
            f"no usable review in '{path}' (read: {len(dropped)})",
        )
    kept.sort()
    audit = Audit(len(kept) + len(dropped), len(kept), tuple(dropped))
    return Split([text for _, text, _ in kept], [label for _, _, label in kept], audit)


def reviews(path: Path) -> Iterator[tuple[str, str]]:
    """Give id and text of every review that can be read, whatever its stars.

    Args:
        path: As for :func:`read_raw`.

    Raises:
        DataError: If the file is cut or damaged.
    """
    return ((row.number, row.text) for row in _rows(path) if row.text and not row.fault)


def _fault(row: _Row, test_ids: set[str], test_texts: set[str]) -> str:
    if not _NUMBER.fullmatch(row.number):
        return "broken row"
    if row.stars not in LABELS:
        return "unknown label"
    if not row.text:
        return "empty text"
    if row.number in test_ids:
        return "in the test split"
    if row.text in test_texts:
        return "text of the test split"
    return "" if LABELS[row.stars] else "middle rating"


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _rows(path: Path) -> Iterator[_Row]:
    return _of_table(path) if path.name.endswith(".tsv.gz") else _of_archive(path)


def _of_table(path: Path) -> Iterator[_Row]:
    """Read the table, line by line."""
    source = path.name
    try:
        with gzip.open(path) as lines:
            header = lines.readline(100)
            if header != HEADER:
                raise DataError(
                    f"'{source}'의 첫 줄이 다릅니다. 있어야 할 줄: {HEADER!r}, 받은 줄: {header!r}",
                    f"the first line of '{source}' is another. Expected: {HEADER!r}. "
                    f"Received: {header!r}",
                )
            for number, line in enumerate(lines, start=2):
                yield _of_line(line, number, source)
    except archives.GZIP_ERRORS as error:
        raise archives.damaged(path, error) from error
    except OSError as error:
        raise unreadable(path, error) from error


def _of_line(line: bytes, number: int, source: str) -> _Row:
    try:
        cells = line.decode("utf-8").removesuffix("\n").split("\t")
    except UnicodeDecodeError:
        return _Row(number, source, fault="not UTF-8")
    if len(cells) != 3:
        fault = "blank line" if cells == [""] else "wrong column count"
        return _Row(number, source, fault=fault)
    return _Row(number, source, cells[0], cells[1], _spaced(cells[2]))


def _of_archive(path: Path) -> Iterator[_Row]:
    """Read the movies of the repository's archive; all else in it is no review, and not counted."""
    with archives.opened(path) as archive:
        for index, member in archives.numbered(archive):
            if MOVIE.fullmatch(member.name):
                yield from _of_movie(archive, member, index)


def _of_movie(archive: tarfile.TarFile, member: tarfile.TarInfo, index: int) -> Iterator[_Row]:
    """Read the reviews of a movie; a movie that cannot be read counts as one broken row."""
    fault = ""
    reviews: list[Any] = []
    if not member.isreg():
        fault = "not a regular file"
    elif member.size > MAX_MOVIE:
        fault = "too large"
    else:
        reviews, fault = _parsed(archives.content(archive, member))
    if fault:
        yield _Row(index, member.name, fault=fault)
    for review in reviews:
        yield _of_review(review, index, member.name)


def _parsed(data: bytes) -> tuple[list[Any], str]:
    """Return the list that a JSON file holds, or why there is none."""
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return [], "not UTF-8"
    except (ValueError, RecursionError):
        return [], "broken row"
    return (found, "") if isinstance(found, list) else ([], "broken row")


def _of_review(review: Any, index: int, source: str) -> _Row:
    if not isinstance(review, dict) or not all(key in review for key in _KEYS):
        return _Row(index, source, fault="broken row")
    number, stars, text = (review[key] for key in _KEYS)
    if not isinstance(text, str):
        return _Row(index, source, fault="text is not a string")
    return _Row(index, source, str(number), str(stars), _spaced(text))


def _read(spec: CorpusSpec, folder: Path) -> Corpus:
    crawl, test = spec.files
    path = test.place(folder)
    text, remarks = decode(read_bytes(path), path.name)
    ids = (line.partition("\t")[0] for line in split_lines(text)[1:])
    held = nsmc.read_rows(text, path.name)
    train = read_raw(crawl.place(folder), ids, held.texts)
    return assemble(spec.name, spec.language, train, held, remarks)


SPEC = CorpusSpec(
    name="nsmc-raw",
    language="ko",
    title=Message(
        "NSMC의 원본 수집분, 별점으로 라벨", "the raw crawl behind NSMC, labelled by its stars"
    ),
    task="sentiment",
    metric="accuracy",
    labels=(NEGATIVE, POSITIVE),
    licence="CC0 1.0",
    homepage="https://github.com/e9t/nsmc",
    rows={"train": None, "test": 50_000},
    files=(
        RemoteFile(
            path="nsmc/nsmc-master.tar.gz",
            # GitHub packs the archive when it is asked for, so that its bytes have no checksum;
            # the commit stands for its content.
            url=f"https://codeload.github.com/e9t/nsmc/tar.gz/{COMMIT}",
            size=None,
            algorithm="sha256",
            checksum=None,
            instead="nsmc/raw_reviews.tsv.gz",
        ),
        next(file for file in nsmc.SPEC.files if file.path.endswith("test.txt")),
    ),
    read=_read,
)
