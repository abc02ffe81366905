"""Labelled texts: built-in corpora and a user's own files, every row accounted for."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from kosent.corpora import imdb, locations, nsmc, sample
from kosent.corpora.base import (
    Audit,
    Corpus,
    CorpusSpec,
    Dropped,
    Progress,
    RemoteFile,
    Split,
)
from kosent.corpora.files import read_path
from kosent.corpora.locations import bundled_folder, data_folder
from kosent.corpora.text_encoding import unreadable
from kosent.errors import UsageError, unknown_name

__all__ = [
    "CORPORA",
    "Audit",
    "Corpus",
    "CorpusSpec",
    "Dropped",
    "RemoteFile",
    "Split",
    "bundled_folder",
    "data_folder",
    "load_corpus",
]

CORPORA: dict[str, CorpusSpec] = {
    "nsmc": nsmc.SPEC,
    "imdb": imdb.SPEC,
    "sample": sample.SPEC,
}


def load_corpus(
    name_or_path: str | Path,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    data_folder: Path | None = None,
    download: bool = True,
    progress: Progress | None = None,
) -> Corpus:
    """Load a corpus by its name in ``CORPORA``, or a user's own file or folder.

    Args:
        name_or_path: A bare name such as ``"nsmc"`` is looked up in the table first; a
            ``Path``, or a string with a separator or suffix, is always a path.
        text_column: Column with the text, for a user's own file.
        label_column: Column with the label, for a user's own file.
        data_folder: Folder of downloaded corpora; by default ``data_folder()``.
        download: Fetch official files that are missing.
        progress: Called with bytes so far and bytes in all while downloading.

    Returns:
        The corpus, with remarks for the user in ``notices``.

    Raises:
        UsageError: For a name that is neither in the table nor a path.
        DataError: For a corpus that is missing, damaged or without a usable row.
        DownloadError: If a download fails.
    """
    spec = CORPORA.get(name_or_path) if isinstance(name_or_path, str) else None
    if spec is None:
        return read_path(_existing(name_or_path), text_column, label_column)
    if text_column is not None or label_column is not None:
        raise UsageError(
            f"열 이름은 사용자 파일에만 지정할 수 있습니다. '{spec.name}'의 열은 정해져 있습니다",
            f"columns can be named for files of your own only; those of '{spec.name}' are fixed",
        )
    return spec.read((data_folder or locations.data_folder()) if spec.files else bundled_folder())


def _existing(name_or_path: str | Path) -> Path:
    """Hold that the path exists; a bare word was most likely meant as a name."""
    path = Path(name_or_path)
    reason = OSError(errno.ENOENT, os.strerror(errno.ENOENT))
    try:
        if path.exists():
            return path
    except OSError as error:  # no permission to look, or too long for a name
        reason = error
    except ValueError:  # a NUL in the name, before Python 3.12
        pass
    if isinstance(name_or_path, Path) or len(path.parts) > 1 or path.suffix:
        raise unreadable(path, reason)
    unknown = unknown_name("말뭉치", "corpus", name_or_path, CORPORA)
    raise UsageError(
        f"{unknown.korean}. 그런 이름의 파일이나 폴더도 없습니다",
        f"{unknown.english}. There is no file or folder of that name either",
    )
