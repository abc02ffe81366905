"""A user's own corpus: one file, or a folder with a train and perhaps a test file."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

from kosent.corpora.base import Audit, Corpus, Dropped, Language, Split, assemble
from kosent.corpora.encoding import unreadable
from kosent.corpora.readers.columns import choose
from kosent.corpora.readers.delimited import read_csv, read_tsv
from kosent.corpora.readers.structured import read_jsonl, read_parquet
from kosent.corpora.table import Table
from kosent.errors import DataError
from kosent.support.language import Message

READERS: dict[str, Callable[[Path], Table]] = {
    ".tsv": read_tsv,
    ".txt": read_tsv,
    ".csv": read_csv,
    ".jsonl": read_jsonl,
    ".parquet": read_parquet,
}
_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


def read_path(
    path: Path, text_column: str | None = None, label_column: str | None = None
) -> Corpus:
    """Read a file, or a folder of ``train.*`` and ``test.*``.

    Args:
        path: A ``.tsv``, ``.txt`` (as TSV), ``.csv``, ``.jsonl`` or ``.parquet`` file, or a folder.
        text_column: Name of the column with the text; ``None`` goes by common names.
        label_column: The same for the label.

    Returns:
        The corpus; its labels are strings in NFC without surrounding blanks.

    Raises:
        DataError: If nothing usable is found; the message names what was.
        UsageError: If a column named by the user is not in the file.
    """
    train_path, test_path = _pair(path) if path.is_dir() else (path, None)
    train, notices = _read_split(train_path, text_column, label_column)
    test = None
    if test_path is not None:
        test, more = _read_split(test_path, text_column, label_column)
        notices += more
    name = path.resolve().name if path.is_dir() else path.stem
    return assemble(name, language_of(train.texts), train, test, notices)


def _pair(folder: Path) -> tuple[Path, Path | None]:
    try:
        files = sorted(
            entry
            for entry in folder.iterdir()
            if entry.is_file() and entry.suffix.lower() in READERS and entry.name[0] != "."
        )
    except OSError as error:
        raise unreadable(folder, error) from error
    train, test = _named(files, "train"), _named(files, "test")
    if len(train) != 1 or len(test) > 1:
        found = ", ".join(file.name for file in files[:20]) or "-"
        kinds = " ".join(READERS)
        raise DataError(
            f"'{folder}'에서 train 파일 하나와 (있으면) test 파일 하나를 가려낼 수 없습니다 "
            f"(형식: {kinds}). 찾은 파일: {found}",
            f"cannot tell one train file and at most one test file in '{folder}' "
            f"(formats: {kinds}). Found: {found}",
        )
    return train[0], test[0] if test else None


def _named(files: list[Path], word: str) -> list[Path]:
    """Files named exactly ``word``, else those with that word and not its opposite."""
    exact = [file for file in files if file.stem.lower() == word]
    other = {"train": "test", "test": "train"}[word]
    words = {file: set(re.split(r"[^a-z]+", file.stem.lower())) for file in files}
    return exact or [file for file in files if word in words[file] and other not in words[file]]


def _read_split(
    path: Path, text_column: str | None, label_column: str | None
) -> tuple[Split, tuple[Message, ...]]:
    if path.suffix.lower() not in READERS:
        raise DataError(
            f"'{path}': 읽을 수 없는 형식입니다. 쓸 수 있는 형식: {' '.join(READERS)}",
            f"'{path}': unknown format. Known: {' '.join(READERS)}",
        )
    return split_of(READERS[path.suffix.lower()](path), path.name, text_column, label_column)


def split_of(
    table: Table, source: str, text_column: str | None, label_column: str | None
) -> tuple[Split, tuple[Message, ...]]:
    """Choose the columns of a table, and account for every row.

    Args:
        table: The rows.
        source: Its name, for messages.
        text_column: Name of the column with the text; ``None`` goes by common names.
        label_column: The same for the label.

    Returns:
        The texts and labels, and notices.

    Raises:
        DataError: If nothing usable is found.
        UsageError: If a column named by the user is not there.
    """
    text, label, notices = choose(table.columns, text_column, label_column, source)
    return _usable(table, text, label, source), table.notices + notices


def _usable(table: Table, text_index: int, label_index: int, source: str) -> Split:
    texts: list[str] = []
    labels: list[str] = []
    lines: list[int] = []
    dropped = list(table.dropped)
    cells = zip(table.lines, table.column(text_index), table.column(label_index), strict=True)
    for line, text, raw in cells:
        label = _label(raw)
        reason = _text_fault(text) or _label_fault(label)
        if reason:
            dropped.append(Dropped(line, reason, source))
        else:
            texts.append(str(text))
            labels.append(str(label))
            lines.append(line)
    dropped.sort(key=lambda row: row.line)
    if not texts:
        audit = Audit(len(dropped), 0, tuple(dropped))
        counts = ", ".join(f"{reason} {count}" for reason, count in audit.by_reason().items())
        raise DataError(
            f"'{source}'에 쓸 수 있는 줄이 없습니다 (읽은 줄: {len(dropped)}; {counts or '-'})",
            f"no usable row in '{source}' (rows read: {len(dropped)}; {counts or '-'})",
        )
    audit = Audit(len(texts) + len(dropped), len(texts), tuple(dropped))
    return Split(texts, labels, audit, lines)


def _text_fault(text: object) -> str:
    if text is None or (isinstance(text, str) and not text.strip()):
        return "empty text"
    return "" if isinstance(text, str) else "text is not a string"


def _label(raw: object) -> str | None:
    """Return the label as text, "" where there is none, ``None`` where it is no label."""
    if raw is None or (isinstance(raw, float) and math.isnan(raw)):
        return ""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    if isinstance(raw, str | int | float):
        return unicodedata.normalize("NFC", str(raw)).strip()
    return None


def _label_fault(label: str | None) -> str:
    if label == "":
        return "no label"
    # A lone surrogate could be neither printed nor saved with the model.
    is_broken = label is None or any("\ud800" <= letter <= "\udfff" for letter in label)
    return "broken label" if is_broken else ""


def language_of(texts: list[str], most: int = 1000) -> Language:
    """Korean where at least a tenth of the letters of the first texts are Hangul."""
    sample = "".join(text[:1000] for text in texts[:most])
    letters = sum(letter.isalpha() for letter in sample)
    return "ko" if len(_HANGUL.findall(sample)) * 10 >= max(letters, 1) else "en"
