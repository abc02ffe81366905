"""A row of the table of corpora: source, files, task, labels, and what the licence forbids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from kosent.corpora.base import Corpus, Language
from kosent.corpora.encoding import exists
from kosent.language import Message

Task = Literal[
    "sentiment",
    "topic",
    "speech act",
    "hate speech",
    "bias",
    "offensive language",
    "abusive language",
]
Metric = Literal["accuracy", "macro_f1"]

TASKS: dict[Task, str] = {  # and how it is said in Korean
    "sentiment": "감성",
    "topic": "주제",
    "speech act": "화행",
    "hate speech": "혐오 표현",
    "bias": "편견",
    "offensive language": "공격적 표현",
    "abusive language": "욕설",
}
METRICS: dict[Metric, str] = {"accuracy": "정확도", "macro_f1": "매크로 F1"}

# What parts of a Creative Commons name forbid.
_FORBIDDEN = {
    "NC": Message("상업적 이용", "commercial use"),
    "ND": Message(
        "고친 것의 배포(이 자료로 배운 모델도 나누어 주지 마십시오)",
        "distribution of derivatives (do not pass on a model that learned from it either)",
    ),
}


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One official file of a corpus.

    Attributes:
        path: Where it belongs, relative to the data folder, with ``/``.
        url: Official address.
        size: Bytes, or ``None`` where it is not known.
        algorithm: ``"git-blob"`` (SHA-1 as git names a file), ``"md5"`` or ``"sha256"``.
        checksum: Lower-case hexadecimal, or ``None`` where the publisher states none: then all
            that can be checked is that the file, a gzip file, is whole.
        instead: A file of the same content in another form that takes its place where it is
            there, relative to the data folder; empty where there is no other form.
    """

    path: str
    url: str
    size: int | None
    algorithm: Literal["git-blob", "md5", "sha256"]
    checksum: str | None
    instead: str = ""

    def place(self, root: Path) -> Path:
        """Return where it lies below the data folder, or what takes its place there."""
        if self.instead and exists(root / self.instead):
            return root / self.instead
        return root / self.path


def github_file(
    place: str, repository: str, path: str, checksum: str, size: int | None = None
) -> RemoteFile:
    """Name a file of a public repository, which git itself names by its content.

    Args:
        place: Where it belongs, relative to the data folder.
        repository: ``OWNER/NAME/BRANCH``.
        path: Its path in the repository.
        checksum: Its git blob name.
        size: Bytes, or ``None`` where it is not known.
    """
    url = f"https://raw.githubusercontent.com/{repository}/{path}"
    return RemoteFile(place, url, size, "git-blob", checksum)


@dataclass(frozen=True, slots=True)
class CorpusSpec:
    """A row of the table of corpora.

    Attributes:
        name: Name in the table.
        language: ``"ko"`` or ``"en"``.
        title: What it is, one line.
        task: What its labels tell.
        metric: What systems are compared by on it; the name of a figure of ``Report``.
        labels: Every label in words, as ``Corpus`` has it.
        licence: One line.
        homepage: Where it comes from; empty for the corpus of the package.
        rows: Official numbers of rows, by split; ``None`` where none is stated.
        files: Official files, empty where nothing is downloaded.
        read: Reads the folder that holds ``files`` (the package's own folder where
            there are none) to a corpus.
        aside: Published splits that are neither downloaded nor read, with their rows.
        read_sets: Reads it with all labels of a text, where it may have several; ``read`` then
            gives the texts of one label only.
        family: Lines of a file that follow each other and say the same in other words; 1 where
            each stands for itself.
    """

    name: str
    language: Language
    title: Message
    task: Task
    metric: Metric
    labels: tuple[str, ...]
    licence: str
    homepage: str
    rows: Mapping[str, int | None]
    files: tuple[RemoteFile, ...]
    read: Callable[[CorpusSpec, Path], Corpus]
    aside: Mapping[str, int] = field(default_factory=dict)
    read_sets: Callable[[CorpusSpec, Path], Corpus] | None = None
    family: int = 1

    @property
    def folder(self) -> str:
        """Name of the folder of its files; corpora of one source share it."""
        return PurePosixPath(self.files[0].path).parts[0] if self.files else self.name

    @property
    def forbidden(self) -> tuple[Message, ...]:
        """What the licence forbids; empty where nothing."""
        named = re.findall(r"CC BY-([A-Z-]+)", self.licence)
        codes = {code for name in named for code in name.split("-")}
        return tuple(words for code, words in _FORBIDDEN.items() if code in codes)

    def remarks(self) -> Iterator[Message]:
        """Give what a user of the corpus must know before anything else, a line each."""
        for forbidden in self.forbidden:
            yield Message(
                f"'{self.name}'의 사용 허가({self.licence})가 금지하는 것: {forbidden.korean}",
                f"the licence of '{self.name}' ({self.licence}) forbids: {forbidden.english}",
            )
        for split, rows in self.aside.items():
            yield Message(
                f"'{self.name}'의 공개된 {split} 자료({rows:,}줄)는 쓰지 않습니다",
                f"the published {split} split of '{self.name}' ({rows:,} rows) is not used",
            )
