"""A user's own corpus as a table in memory, or a dictionary of a train and perhaps a test table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kosent.corpora.base import SPLITS, Corpus, Split, assemble
from kosent.corpora.readers.files import usable
from kosent.corpora.readers.label_sets import SetReader, Several
from kosent.corpora.readers.records import Record, Table
from kosent.corpora.readers.rows import no_usable_row, rows_of
from kosent.corpora.readers.text_language import language_of
from kosent.errors import UsageError
from kosent.language import Message
from kosent.support.frames import Frame, frame_of


def read_frames(
    given: Any, text: str | None = None, label: str | None = None, several: Several | None = None
) -> Corpus:
    """Take texts and labels from tables, by the rules that hold for files.

    Args:
        given: A table of pandas or polars, or any other of Arrow, or several by ``"train"`` and
            ``"test"``.
        text: Name of the column with the text; ``None`` goes by common names.
        label: The same for the label.
        several: How the labels are written, where a text may have several or none.

    Returns:
        The corpus; a row's line is its number from 1, whatever the index.

    Raises:
        UsageError: If there is no table, or a column named by the user is not in it.
        DataError: If nothing usable is found.
    """
    tables = given if isinstance(given, Mapping) else {"train": given}
    if "train" not in tables:
        raise UsageError(
            f"표의 사전에는 'train'이 있어야 합니다. 받은 이름: {list(tables)}",
            f"a dictionary of tables needs 'train'. Received: {list(tables)}",
        )
    frames = {name: _frame(tables[name]) for name in SPLITS if name in tables}
    splits: dict[str, Split] = {}
    notices: list[Message] = [_unused(name) for name in tables if name not in SPLITS]
    sets = SetReader(several, notices.append) if several is not None else None
    for name, frame in frames.items():
        source = frame.kind if len(frames) == 1 else name
        table = _table(frame, source)
        apart = several is not None and bool(several.columns)
        needed: Any = "none" if apart else "needed"
        rows = rows_of(table, text, label, labels=needed, every_column=apart, notice=notices.append)
        splits[name], _ = usable(rows, source) if sets is None else sets.read(rows, source)
        if not splits[name]:
            raise no_usable_row(source, splits[name].audit.by_reason())
    train = splits["train"]
    language = language_of(train.texts)
    return assemble(frames["train"].kind, language, train, splits.get("test"), notices)


def _frame(given: object) -> Frame:
    frame = frame_of(given)
    if frame is None:
        kind = type(given).__name__
        raise UsageError(
            "말뭉치의 이름, 파일이나 폴더의 경로, 또는 표(pandas, polars, Arrow, datasets)를 "
            f"주세요. 받은 것: {kind}. 이미 읽은 글은 TextClassifier.fit(texts, labels)에 바로 "
            "줄 수 있습니다",
            "expected the name of a corpus, the path of a file or folder, or a table of pandas, "
            f"polars, Arrow or datasets. Received: {kind}. Texts that you have read already go "
            "straight to TextClassifier.fit(texts, labels)",
        )
    return frame


def _table(frame: Frame, source: str) -> Table:
    def records(indices: Sequence[int]) -> Iterator[Record]:
        columns: list[list[object]] = [[None] * frame.rows] * len(frame.columns)
        for index in indices:
            columns[index] = frame.column(index)
        for line, cells in enumerate(zip(*columns, strict=True), start=1):
            yield line, cells, ""

    return Table(source, tuple(frame.columns), records, about=((frame.kind, frame.kind),))


def _unused(name: object) -> Message:
    return Message(
        f"'{name}' 표는 쓰지 않습니다 (train과 test만 씁니다)",
        f"the table '{name}' is not used; only train and test are",
    )
