"""A folder for each label and a file for each text, as Keras, scikit-learn and IMDB have it.

::

    reviews/
      train/
        negative/1.txt 2.txt ...
        positive/1.txt ...
      test/                       perhaps; or dev, valid
        negative/ ...

Where there is no split, the labels' folders lie in the folder itself. Nothing that a link leads to
is read but files, and nothing deeper.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from kosent.corpora.base import Audit, Corpus, Dropped, Split, assemble
from kosent.corpora.encoding import unreadable
from kosent.corpora.notices import is_test, not_used
from kosent.corpora.readers.decoding import LONGEST_LINE, NOT_DECODED, decoded
from kosent.corpora.readers.folder import ROLES, files_of, named
from kosent.corpora.readers.label_sets import Several
from kosent.corpora.readers.records import EMPTY
from kosent.corpora.readers.text_language import language_of
from kosent.errors import DataError, UsageError
from kosent.language import Message
from kosent.support.labels import spelling

_SUFFIX = ".txt"
_WITHOUT_LABEL = {"unsup", "unlabeled", "unlabelled"}  # beside those of the labels, as in IMDB


def are_in(folder: Path) -> bool:
    """Tell whether the folders in a folder are labels, or hold those of a split.

    One with a ``train`` file in it is none.

    Raises:
        DataError: If the folder cannot be read.
    """
    if named(files_of(folder), "train"):
        return False
    return len(_labels(_split(folder, "train") or folder)) > 1


def refuse_columns(text: str | None, label: str | None, several: Several | None) -> None:
    """Refuse what is for tables only.

    Raises:
        UsageError: If a column is named, or a text may have several labels.
    """
    if text is not None or label is not None or several is not None:
        raise UsageError(
            "라벨마다 폴더가 있는 말뭉치에는 열이 없고 글마다 라벨이 하나입니다. 열 이름과 "
            "--multilabel을 빼세요",
            "a corpus with a folder for each label has no columns, and one label a text; leave out "
            "names of columns and --multilabel",
        )


def read(folder: Path, name: str) -> Corpus:
    """Read a folder of labels' folders.

    Args:
        folder: One of which :func:`are_in` holds.
        name: What the corpus is called.

    Returns:
        The corpus; texts in the order of labels and names of files, numbers by their size.

    Raises:
        DataError: If it holds no text, or cannot be read.
    """
    notices: list[Message] = []
    train = _split(folder, "train")
    if train is None:
        texts, test = _read(folder, folder, notices), None
    else:
        tests = [place for role in ("test", "dev") if (place := _split(folder, role)) is not None]
        texts = _read(train, folder, notices)
        test = _read(tests[0], folder, notices) if tests else None
        if tests and tests[0].name.lower() in ROLES["dev"]:
            notices.append(is_test(tests[0].name))
        if tests[1:]:
            notices.append(not_used([each.name for each in tests[1:]]))
    if not texts:
        raise DataError(
            f"'{folder}'의 라벨 폴더들에 쓸 수 있는 글(.txt)이 없습니다",
            f"the labels' folders in '{folder}' hold no usable text (.txt)",
        )
    return assemble(name, language_of(texts.texts), texts, test or None, notices)


def _split(folder: Path, role: str) -> Path | None:
    """Return the folder of a split, where there is just one."""
    places = [each for each in _folders(folder) if each.name.lower() in ROLES[role]]
    return places[0] if len(places) == 1 else None


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(
            each
            for each in folder.iterdir()
            if each.is_dir() and not each.is_symlink() and each.name[0] not in "._"
        )
    except OSError as error:
        raise unreadable(folder, error) from error


def _labels(folder: Path) -> list[Path]:
    """Return the folders that hold a text themselves."""
    return [each for each in _folders(folder) if any(each.glob(f"*{_SUFFIX}"))]


def _read(place: Path, whole: Path, notices: list[Message]) -> Split:
    texts: list[str] = []
    labels: list[str] = []
    dropped: list[Dropped] = []
    read = 0
    for folder in _labels(place):
        if folder.name.lower() in _WITHOUT_LABEL:
            notices.append(not_used([f"{folder.relative_to(whole)}/"]))
            continue
        label = spelling(folder.name)
        for file, text, fault in _texts(folder):
            read += 1
            if fault or not label:
                source = str(file.relative_to(whole))
                dropped.append(Dropped(read, fault or "no label", source))
            else:
                texts.append(text)
                labels.append(label)
    return Split(texts, labels, Audit(read, len(texts), tuple(dropped)))


def _texts(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Give each file of a folder with its text, or why it is none."""
    files = (each for each in folder.iterdir() if each.name[0] != ".")
    for file in sorted(files, key=lambda each: (len(each.name), each.name)):
        if file.suffix.lower() != _SUFFIX:
            yield file, "", "unexpected name"
        elif not file.is_file():
            yield file, "", "not a regular file"
        else:
            yield file, *_text(file)


def _text(file: Path) -> tuple[str, str]:
    try:
        with file.open("rb") as stream:
            data = stream.read(LONGEST_LINE + 1)
    except OSError as error:
        raise unreadable(file, error) from error
    if len(data) > LONGEST_LINE:
        return "", "too large"
    with suppress(UnicodeDecodeError):
        text = decoded(data)
        return text, "" if text.strip() else EMPTY
    return "", NOT_DECODED
