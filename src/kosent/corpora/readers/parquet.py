"""Parquet files, read so that no thread of Arrow's is left when the process ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kosent.corpora.readers.opening import Opened
from kosent.corpora.readers.records import Record, Table
from kosent.errors import DataError
from kosent.support.frames import arrow_values

_BATCH = 4096  # rows read at once


def read_parquet(source: Opened) -> Table:
    """Read a Parquet file, only those columns that are asked for.

    No thread of Arrow's pool takes part, and a file is read by Arrow itself, not out of a buffer
    that Python owns. A worker that gives such a buffer back asks for the interpreter's lock, and
    where the interpreter is ending by then, Python ends the thread inside a C++ destructor:
    "terminate called without an active exception", exit code 134 (apache/arrow issues 34314 and
    36980; on a busy machine 42 of 250 short processes before, 0 of 200 so).

    Args:
        source: The file.

    Raises:
        DataError: If it is damaged.
    """
    import pyarrow
    from pyarrow import parquet

    whole = source.path or pyarrow.BufferReader(source.read_all())
    try:
        file = parquet.ParquetFile(whole, pre_buffer=False)
        names = tuple(file.schema_arrow.names)
    except (pyarrow.ArrowException, OSError) as error:
        raise _not_parquet(source.name, error) from error

    def records(indices: Sequence[int]) -> Iterator[Record]:
        order = sorted(indices)
        wanted = [names[index] for index in order]
        line = 0
        try:
            for batch in file.iter_batches(_BATCH, columns=wanted, use_threads=False):
                columns: list[Any] = [[None] * batch.num_rows] * len(names)
                for place, index in enumerate(order):
                    columns[index] = arrow_values(batch.column(place))
                for cells in zip(*columns, strict=True):
                    line += 1
                    yield line, cells, ""
        except (pyarrow.ArrowException, OSError, OverflowError, ValueError) as error:
            raise _not_parquet(source.name, error) from error

    return Table(source.name, names, records, about=(("Parquet", "Parquet"),))


def _not_parquet(name: str, error: Exception) -> DataError:
    reason = str(error).partition("\n")[0][:200]
    return DataError(
        f"'{name}'은(는) 읽을 수 있는 Parquet 파일이 아닙니다 ({reason})",
        f"'{name}' is not a readable Parquet file ({reason})",
    )
