"""Large Movie Review Dataset (Maas et al., ACL 2011): 50,000 English reviews.

Read from the archive itself in one stream, member by member; nothing is unpacked.
A review is a regular file named as ``REVIEW`` says. Anything else *inside* the
four review folders is dropped by reason; what lies outside them (``unsup``, bags
of words, README) is no review and is not counted.
"""

from __future__ import annotations

import gzip
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self, cast

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
from kosent.corpora.text_encoding import unreadable
from kosent.errors import DataError

FOLDER = re.compile(r"aclImdb/(train|test)/(pos|neg)/.+", re.ASCII | re.DOTALL)
REVIEW = re.compile(r"aclImdb/(?:train|test)/(?:pos|neg)/(\d{1,18})_\d{1,9}\.txt", re.ASCII)
LABELS = {"neg": NEGATIVE, "pos": POSITIVE}
MAX_REVIEW = 16 * 2**20  # bytes; the longest official review has 14 KB

_Row = tuple[int, str]  # number of the review, text


class _Header(tarfile.TarInfo):
    """A header that is damaged says so; ``tarfile`` would take it for the end of the archive."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(str(error)) from error


class _ForwardOnly:
    """The unpacked stream, read to its very end: ``r|gz`` skips gzip's length and checksum."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self.stream = stream

    def read(self, size: int) -> bytes:
        """Read on; at the end tarfile would go on seeking to a member that claims to be huge."""
        data = self.stream.read(size)
        if not data:
            raise EOFError("no end mark")
        return data

    def finish(self) -> None:
        """Hold what follows the end mark to be zeros."""
        while rest := self.stream.read(2**20):
            if rest.strip(b"\0"):
                raise tarfile.ReadError("data after the end mark")


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
    with _opened(path) as archive:
        for index, member in enumerate(iter(archive.next, None), start=1):
            # The official archive has 100,000 members, whose headers would stay in memory.
            archive.members.clear()  # type: ignore[attr-defined]
            place = FOLDER.fullmatch(member.name)
            if place is None or member.isdir():
                continue
            split, folder = place.groups()
            number = REVIEW.fullmatch(member.name)
            reason = _fault(member, number is not None, seen)
            text = ""
            if not reason:
                text, reason = _decode(_content(archive, member))
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


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    """Open the archive as a stream and account for its end, once it has been read through."""
    try:
        with path.open("rb") as file, gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
            stream = _ForwardOnly(unpacked)
            with tarfile.open(
                fileobj=cast(IO[bytes], stream), mode="r|", tarinfo=_Header
            ) as archive:
                yield archive
            stream.finish()
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"'{path}'은(는) 잘렸거나 깨진 압축 파일입니다 ({error}). 지우고 다시 받으세요",
            f"'{path}' is a truncated or damaged archive ({error}); delete it and fetch it again",
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(member)
    return b"" if stream is None else stream.read()


def _read(folder: Path) -> Corpus:
    train, test = read_archive(folder / "imdb" / "aclImdb_v1.tar.gz")
    return assemble("imdb", "en", train, test)


SPEC = CorpusSpec(
    name="imdb",
    language="en",
    title="IMDB 영화평 5만 건 (긍정·부정) / 50,000 English movie reviews (positive, negative)",
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
