"""Labelled texts: built-in corpora and a user's own files, every row accounted for."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kosent.corpora.base import Audit, Corpus, Dropped, Progress, Split
from kosent.corpora.builtin import (
    chatbot,
    finance,
    imdb,
    intention_3i4k,
    klue_ynat,
    kmhas,
    kobest_sentineg,
    kodoli,
    korean_hate_speech,
    naver_shopping,
    nsmc,
    nsmc_raw,
    sample,
    sib200_ko,
    steam,
    stylekqc,
    unsmile,
)
from kosent.corpora.encoding import exists, unreadable
from kosent.corpora.fetching import locations
from kosent.corpora.fetching.checksums import checksum, is_official
from kosent.corpora.fetching.download import download as fetch_file
from kosent.corpora.fetching.locations import bundled_folder, data_folder
from kosent.corpora.readers.files import read_path
from kosent.corpora.readers.frames import read_frames
from kosent.corpora.readers.label_sets import Several
from kosent.corpora.spec import CorpusSpec, RemoteFile
from kosent.errors import DataError, UsageError, unknown_name
from kosent.language import Message
from kosent.support.paths import user_path
from kosent.support.progress import Listener, Steps

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
    "fetch",
    "load",
    "load_corpus",
]

CORPORA: dict[str, CorpusSpec] = {  # by task; of a source with several, the main one is bare
    "nsmc": nsmc.SPEC,
    "nsmc-raw": nsmc_raw.SPEC,
    "naver-shopping": naver_shopping.SPEC,
    "steam": steam.SPEC,
    "kodoli-sentiment": kodoli.SENTIMENT,
    "kobest-sentineg": kobest_sentineg.SPEC,
    "finance": finance.SPEC,
    "imdb": imdb.SPEC,
    "sample": sample.SPEC,
    "klue-ynat": klue_ynat.SPEC,
    "stylekqc": stylekqc.TOPIC,
    "chatbot": chatbot.SPEC,
    "sib200-ko": sib200_ko.SPEC,
    "3i4k": intention_3i4k.SPEC,
    "stylekqc-act": stylekqc.ACT,
    "kmhas": kmhas.SPEC,
    "unsmile": unsmile.SPEC,
    "korean-hate-speech": korean_hate_speech.HATE,
    "korean-hate-speech-bias": korean_hate_speech.BIAS,
    "kodoli": kodoli.OFFENSIVENESS,
    "kodoli-abuse": kodoli.ABUSE,
}


def load_corpus(
    name_or_path: str | Path | Any,
    *,
    text: str | None = None,
    label: str | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
    multilabel: bool = False,
    label_separator: str | None = None,
    label_columns: Sequence[str] = (),
    data_folder: Path | None = None,
    download: bool = True,
    progress: Progress | None = None,
) -> Corpus:
    """Load a corpus by its name in ``CORPORA``, or a user's own file, folder or table.

    Args:
        name_or_path: A bare name such as ``"nsmc"`` is looked up in the table first; a
            ``Path``, or a string with a separator or suffix, is always a path. A table is one of
            pandas or polars, or any other of Arrow, or a dictionary of them with ``"train"`` and
            perhaps ``"test"``; a ``Dataset`` or ``DatasetDict`` of ``datasets`` is one too.
        text: Column with the text, for a user's own file or table; found by its name when ``None``.
        label: Column with the label, likewise.
        text_column: The same as ``text``, by its name on the command line.
        label_column: The same as ``label``.
        multilabel: Whether a text may have several labels, or none. Of a file or table of your own
            a cell holds a list, or labels with a mark between them.
        label_separator: That mark; found in the file when ``None``. Only with ``multilabel``.
        label_columns: Columns of zeros and ones, one a label, instead of one column for all. Only
            with ``multilabel``.
        data_folder: Folder of downloaded corpora; by default ``data_folder()``.
        download: Fetch official files that are missing.
        progress: Called with bytes so far and bytes in all while downloading.

    Returns:
        The corpus, with remarks for the user in ``notices``.

    Raises:
        UsageError: For a name that is neither in the table nor a path, or something else than a
            name, a path or a table.
        DataError: For a corpus that is missing, damaged or without a usable row.
        DownloadError: If a download fails.
    """
    text, label = text or text_column, label or label_column
    several = _several(multilabel, label_separator, label_columns, label)
    if not isinstance(name_or_path, str | Path):
        return read_frames(name_or_path, text, label, several)
    spec = CORPORA.get(name_or_path) if isinstance(name_or_path, str) else None
    if spec is None:
        return read_path(_existing(name_or_path), text, label, several)
    read = _reader(spec, multilabel)
    if text is not None or label is not None or label_separator or label_columns:
        raise UsageError(
            f"열 이름은 사용자 파일에만 지정할 수 있습니다. '{spec.name}'의 열은 정해져 있습니다",
            f"columns can be named for files of your own only; those of '{spec.name}' are fixed",
        )
    if not spec.files:
        return read(spec, bundled_folder())
    root = data_folder or locations.data_folder()
    remarks = [_ready(spec, file, root, download, progress) for file in spec.files]
    corpus = read(spec, root)
    return replace(corpus, notices=(*spec.remarks(), *filter(None, remarks), *corpus.notices))


def _several(
    multilabel: bool, separator: str | None, columns: Sequence[str], label: str | None
) -> Several | None:
    """Return how several labels a text are written, ``None`` where a text has one."""
    if not multilabel:
        if separator is not None or columns:
            raise UsageError(
                "--label-separator와 --label-columns는 --multilabel과 함께 씁니다",
                "--label-separator and --label-columns go with --multilabel",
            )
        return None
    several = Several(separator, tuple(columns))
    several.check(label)
    return several


def _reader(spec: CorpusSpec, multilabel: bool) -> Callable[[CorpusSpec, Path], Corpus]:
    if not multilabel:
        return spec.read
    if spec.read_sets is None:
        known = ", ".join(name for name, each in CORPORA.items() if each.read_sets is not None)
        raise UsageError(
            f"'{spec.name}'의 글에는 라벨이 하나씩입니다. --multilabel을 빼세요 (라벨이 여럿인 "
            f"말뭉치: {known})",
            f"the texts of '{spec.name}' have one label each; leave out --multilabel (corpora of "
            f"several: {known})",
        )
    return spec.read_sets


def load(
    name_or_path: str | Path,
    listener: Listener,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    multilabel: bool = False,
    label_separator: str | None = None,
    label_columns: Sequence[str] = (),
    download: bool = True,
) -> Corpus:
    """Load a corpus as :func:`load_corpus` does, and tell its notices.

    Args:
        name_or_path: A name in ``CORPORA``, or a path.
        listener: Receives the progress of a download, and the notices.
        text_column: Column with the text, for a user's own file.
        label_column: Column with the label, for a user's own file.
        multilabel: Whether a text may have several labels, or none.
        label_separator: What stands between the labels of a cell.
        label_columns: Columns of zeros and ones, one a label.
        download: Fetch official files that are missing.

    Returns:
        The corpus.

    Raises:
        KosentError: As :func:`load_corpus` does.
    """
    corpus = load_corpus(
        name_or_path,
        text_column=text_column,
        label_column=label_column,
        multilabel=multilabel,
        label_separator=label_separator,
        label_columns=label_columns,
        download=download,
        progress=Steps(listener, "download"),
    )
    for notice in corpus.notices:
        listener.notice(notice)
    return corpus


def fetch(
    name: str,
    *,
    data_folder: Path | None = None,
    progress: Progress | None = None,
    notice: Callable[[Message], None] | None = None,
) -> Path:
    """Download the official files of a corpus, as far as they are not there already.

    Args:
        name: A name in ``CORPORA``.
        data_folder: Where to; by default ``data_folder()``. It is made where missing.
        progress: Called with bytes so far and bytes in all, for each file.
        notice: Called with a line for the user for each file that was fetched.

    Returns:
        The folder of its files.

    Raises:
        UsageError: For an unknown name.
        DataError: If a file of that name is there and not the official one: it is yours,
            so it is left alone.
        DownloadError: If the download fails.
        RuntimeSetupError: If the disk refuses.
    """
    if name not in CORPORA:
        raise unknown_name("말뭉치", "corpus", name, CORPORA)
    spec = CORPORA[name]
    if not spec.files:
        return bundled_folder() / name
    root = data_folder or locations.data_folder()
    for remark in _fetching(spec, root, progress):
        if notice is not None:
            notice(remark)
    return root / spec.folder


def _fetching(spec: CorpusSpec, root: Path, progress: Progress | None) -> Iterator[Message]:
    """Fetch what is missing; give what the user must know of the corpus and of each file."""
    yield from spec.remarks()
    for file in spec.files:
        path = file.place(root)
        if not exists(path):
            fetch_file(file, path, progress)
            yield _fetched(spec, file, path)
        elif not is_official(path, file):
            raise DataError(
                f"'{path}'은(는) 공식 파일이 아닙니다. "
                "공식 파일을 받으려면 다른 곳으로 옮긴 뒤 다시 실행하세요",
                f"'{path}' is not the official file; "
                "move it elsewhere and run this again to fetch the official one",
            )


def _ready(
    spec: CorpusSpec, file: RemoteFile, root: Path, may_download: bool, progress: Progress | None
) -> Message | None:
    """Hold that a file is there, fetching it where allowed; return a remark if there is one."""
    path = file.place(root)
    if exists(path):
        if is_official(path, file):
            return None
        return Message(
            f"'{path}'은(는) 공식 체크섬과 다른 사본이지만 그대로 씁니다",
            f"'{path}' does not have the official checksum; it is used as it is",
        )
    if not may_download:
        raise DataError(
            f"'{path}'이(가) 없습니다. `kosent corpora fetch {spec.name}`로 받거나 "
            "KOSENT_DATA로 파일이 있는 폴더를 지정하세요",
            f"'{path}' is missing; get it with `kosent corpora fetch {spec.name}` "
            "or name the folder that has it with KOSENT_DATA",
        )
    fetch_file(file, path, progress)
    return _fetched(spec, file, path)


def _fetched(spec: CorpusSpec, file: RemoteFile, path: Path) -> Message:
    """Say what was fetched under what licence; without a published checksum, also what came."""
    korean = f"{file.url}을(를) '{path}'에 받았습니다 (사용 허가: {spec.licence})"
    english = f"fetched {file.url} to '{path}' (licence: {spec.licence})"
    if file.checksum is None:
        came = f"{path.stat().st_size:,} bytes, {file.algorithm} {checksum(path, file.algorithm)}"
        korean += f" (공개된 체크섬이 없어 대조하지 못했습니다. 받은 것: {came})"
        english += f" (no checksum is published to compare it with; received: {came})"
    return Message(korean, english)


def _existing(name_or_path: str | Path) -> Path:
    """Hold that the path exists; a bare word was most likely meant as a name."""
    path = user_path(name_or_path)
    if exists(path):
        return path
    looks_like_a_path = isinstance(name_or_path, Path) or "/" in name_or_path or path.suffix
    if looks_like_a_path:
        raise unreadable(path, FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))
    unknown = unknown_name("말뭉치", "corpus", name_or_path, CORPORA)
    raise UsageError(
        f"{unknown.korean}. 그런 이름의 파일이나 폴더도 없습니다",
        f"{unknown.english}. There is no file or folder of that name either",
    )
