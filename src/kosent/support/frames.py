"""Tables that users bring, by their columns: pandas, polars, ``datasets`` and all that is Arrow.

None of these packages is imported here unless a table of it was given, or one of pandas is asked
for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kosent.support.packages import require

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, slots=True)
class Frame:
    """A table of any library.

    Attributes:
        kind: Name of its type, for messages.
        columns: Names of the columns.
        rows: Number of rows.
        column: Gives the values of a column by its index, ``None`` where there is none.
    """

    kind: str
    columns: list[str]
    rows: int
    column: Callable[[int], list[object]]


def is_pandas(given: object) -> bool:
    """Tell whether it is a DataFrame of pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(given, pandas.DataFrame)


def frame_of(given: Any) -> Frame | None:
    """Return a table by its columns, ``None`` where it is no table."""
    kind = type(given).__name__
    if is_pandas(given):
        names = [str(name) for name in given.columns]
        return Frame(kind, names, len(given), lambda index: _values(given.iloc[:, index]))
    table = arrow_table(given)
    if table is None:
        return None
    classes = _class_names(given)

    def column(index: int) -> list[object]:
        values = arrow_values(table.column(index))
        named = classes.get(table.column_names[index])
        return values if named is None else [_named(value, named) for value in values]

    return Frame(kind, list(table.column_names), table.num_rows, column)


def arrow_values(column: Any) -> list[object]:
    """Return the values of a column of Arrow as Python's; of times that Python has not, the text.

    Raises:
        OverflowError: If there are such times within lists or the like.
        ValueError: Likewise.
    """
    try:
        values: list[object] = column.to_pylist()
    except (OverflowError, ValueError):
        import pyarrow

        try:
            values = column.cast(pyarrow.string()).to_pylist()
        except pyarrow.ArrowNotImplementedError as error:
            raise ValueError(str(error)) from error
    return values


def arrow_table(given: Any) -> Any:
    """Return what can be had as a table of Arrow as one, ``None`` where it cannot."""
    if hasattr(given, "with_format") and hasattr(given, "features"):  # a Dataset of datasets
        return given.with_format("arrow")[:]
    if isinstance(given, type) or not hasattr(given, "__arrow_c_stream__"):
        return None
    import pyarrow

    try:
        return pyarrow.table(given)
    except pyarrow.ArrowInvalid:  # a single column, such as a Series
        return None


def to_pandas(
    columns: Mapping[Any, Any], index: Any = None, name: str | None = None
) -> pandas.DataFrame:
    """Return a DataFrame of columns.

    Args:
        columns: Their values by name, all of one length.
        index: Names of the rows; their numbers from 0 without it.
        name: Name of the index.

    Raises:
        RuntimeSetupError: If pandas is not installed.
    """
    require("pandas")
    import pandas

    frame = pandas.DataFrame(dict(columns), index=index)
    return frame if name is None else frame.rename_axis(index=name)


def index_of(given: object) -> Any:
    """Return the names of the rows of a Series of pandas, ``None`` of anything else."""
    pandas = sys.modules.get("pandas")
    is_series = pandas is not None and isinstance(given, pandas.Series)
    return given.index if is_series else None  # type: ignore[attr-defined]


def _values(series: Any) -> list[object]:
    pairs = zip(series.tolist(), series.isna().tolist(), strict=True)
    return [None if missing else value for value, missing in pairs]


def _class_names(given: Any) -> dict[str, Sequence[str]]:
    """Return the names behind the numbers of a Dataset's columns of type ``ClassLabel``."""
    features = getattr(given, "features", None)
    if not isinstance(features, Mapping):
        return {}
    found = {name: getattr(feature, "names", None) for name, feature in features.items()}
    return {name: names for name, names in found.items() if names is not None}


def _named(value: Any, names: Sequence[str]) -> str | None:
    return None if value is None or value < 0 else names[value]  # -1 is no label
