"""Large Movie Review Dataset (Maas et al., ACL 2011): 50,000 English reviews.

Read from the archive itself in one stream, member by member; nothing is unpacked.
A review is a regular file named as ``REVIEW`` says. Anything else *inside* the
four review folders is dropped by reason; what lies outside them (``unsup``, bags
of words, README) is no review and is not counted.
"""

from __future__ import annotations

import re
import tarfile
from pathlib import Path

from kosent.corpora.base import (
    NEGATIVE,
    POSITIVE,
    Audit,
    Corpus,
    Dropped,
    Split,
    assemble,
)
from kosent.corpora.fetching import archives
from kosent.corpora.spec import CorpusSpec, RemoteFile
from kosent.errors import DataError
from kosent.language import Message

FOLDER = re.compile(r"aclImdb/(train|test)/(pos|neg)/.+", re.ASCII | re.DOTALL)
REVIEW = re.compile(r"aclImdb/(?:train|test)/(?:pos|neg)/(\d{1,18})_\d{1,9}\.txt", re.ASCII)
LABELS = {"neg": NEGATIVE, "pos": POSITIVE}
MAX_REVIEW = 16 * 2**20  # bytes; the longest official review has 14 KB

_Row = tuple[int, str]  # number of the review, text


def read_archive(path: Path) -> tuple[Split, Split]:
    """Read an archive of the official layout.

    Args:
        path: The ``.tar.gz``.

    Returns:
        Train and test, each sorted by label and number of the review, since the order
        of the archive's members is not the same in every copy.

    Raises:
        DataError: If the archive is cut, damaged, not an archive, or without reviews.
    """
    rows: dict[tuple[str, str], list[_Row]] = {}
    dropped: dict[str, list[Dropped]] = {}
    seen: set[str] = set()
    with archives.opened(path) as archive:
        for index, member in archives.numbered(archive):
            place = FOLDER.fullmatch(member.name)
            if place is None or member.isdir():
                continue
            split, folder = place.groups()
            number = REVIEW.fullmatch(member.name)
            reason = _fault(member, number is not None, seen)
            text = ""
            if not reason:
                text, reason = _decode(archives.content(archive, member))
            if reason or number is None:
                dropped.setdefault(split, []).append(Dropped(index, reason, member.name))
            else:
                rows.setdefault((split, folder), []).append((int(number[1]), text))
            seen.add(member.name)
    return _split("train", rows, dropped, path), _split("test", rows, dropped, path)


def _fault(member: tarfile.TarInfo, is_review: bool, seen: set[str]) -> str:
    if not is_review:
        return "unexpected name"
    if not member.isreg():
        return "not a regular file"
    if member.name in seen:
        return "duplicate member"
    return "too large" if member.size > MAX_REVIEW else ""


def _decode(data: bytes) -> tuple[str, str]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "", "not UTF-8"
    return text, "" if text.strip() else "empty text"


def _split(
    split: str,
    rows: dict[tuple[str, str], list[_Row]],
    dropped: dict[str, list[Dropped]],
    path: Path,
) -> Split:
    texts: list[str] = []
    labels: list[str] = []
    for folder, label in LABELS.items():
        ordered = sorted(rows.get((split, folder), ()))
        texts.extend(text for _, text in ordered)
        labels.extend([label] * len(ordered))
    lost = tuple(dropped.get(split, ()))
    if not texts:
        raise DataError(
            f"'{path}'에 aclImdb/{split}/(pos|neg)/<번호>_<별점>.txt 형식의 글이 없습니다",
            f"'{path}' holds no review named aclImdb/{split}/(pos|neg)/<id>_<rating>.txt",
        )
    return Split(texts, labels, Audit(len(texts) + len(lost), len(texts), lost))


def _read(spec: CorpusSpec, folder: Path) -> Corpus:
    train, test = read_archive(folder / "imdb" / "aclImdb_v1.tar.gz")
    return assemble(spec.name, spec.language, train, test)


SPEC = CorpusSpec(
    name="imdb",
    language="en",
    title=Message(
        "IMDB 영화평 5만 건 (긍정·부정)", "50,000 English movie reviews (positive, negative)"
    ),
    task="sentiment",
    metric="accuracy",
    labels=(NEGATIVE, POSITIVE),
    licence="no licence stated; for research, cite Maas et al. (ACL 2011)",
    homepage="https://ai.stanford.edu/~amaas/data/sentiment/",
    rows={"train": 25_000, "test": 25_000},
    files=(
        RemoteFile(
            path="imdb/aclImdb_v1.tar.gz",
            url="https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
            size=84_125_825,
            algorithm="md5",
            checksum="7c2ac02c03563afcf9b574c7e56c153a",
        ),
    ),
    read=_read,
)
