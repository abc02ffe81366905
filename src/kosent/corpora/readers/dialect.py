"""How a file of cells is cut: by which separator, with quotes or without, with names or without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kosent.corpora.readers import delimited
from kosent.corpora.readers.columns import LABEL_NAMES, TEXT_NAMES, are_data, fold, recognised
from kosent.corpora.readers.decoding import Line
from kosent.corpora.readers.delimited import Dialect

SEPARATORS = (",", ";", "|", "\t")
_LOOKED_AT = 200  # lines
_MOST_LINES_OF_NAMES = 8  # a name is seldom over two lines


@dataclass(frozen=True, slots=True)
class Head:
    """What the first lines of a file say.

    Attributes:
        dialect: How it is cut.
        names: The cells of the line that names the columns, empty where none does.
        begin: Number of lines before the first row.
        rows: The first rows.
        share: How many of the lines looked at are cut like the first, from 0 to 1.
    """

    dialect: Dialect
    names: tuple[str, ...]
    begin: int
    rows: list[list[str]]
    share: float

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.names) if self.names else len(self.rows[0])


def read_head(lines: Sequence[Line], default: str, wanted: Sequence[str]) -> Head | None:
    r"""Find out how a file of cells is cut.

    The separator is the one that finds a known name, or one that the user gave, in the first line;
    where none does, the one that cuts all lines into the same number of cells; ``default`` where
    both are equal.

    Args:
        lines: The first lines; looked at are a few hundred.
        default: The separator that the file's name promises.
        wanted: Columns that the user named.

    Returns:
        What was found; ``None`` of a file without a line, or whose first cannot be decoded.
    """
    begin, told = _opening(lines)
    looked = [line for line in lines[begin : begin + _LOOKED_AT] if line.text.strip()]
    if not looked or looked[0].fault:
        return None
    marks = (default, *(mark for mark in SEPARATORS if mark != default))
    heads = [_head(looked, mark, begin, wanted) for mark in ((told,) if told else marks)]
    return max(heads, key=lambda head: _merit(head, wanted))


def _opening(lines: Sequence[Line]) -> tuple[int, str]:
    """Return the number of lines before the header, and the separator that Excel's line tells."""
    begin = next((i for i, line in enumerate(lines) if line.text.strip()), len(lines))
    text = lines[begin].text.strip(' \r"') if begin < len(lines) else ""
    if len(text) == 5 and text[:4].lower() == "sep=":
        return begin + 1, text[4]
    return begin, ""


def _merit(head: Head, wanted: Sequence[str]) -> tuple[int, float]:
    return _known(head.names, wanted), head.share if head.width > 1 and head.rows else 0.0


def _head(looked: Sequence[Line], separator: str, begin: int, wanted: Sequence[str]) -> Head:
    is_trusted = _names_are_quoted(looked[0], separator)
    dialect = Dialect(separator, separator != "\t" or _needs_quotes(looked), is_trusted)
    first, taken = _names(looked, dialect, wanted)
    rows = [first, *delimited.rows_of(looked[taken:], dialect, len(first))]
    share = len(rows) / len(looked)
    if are_data(rows) and not _found(wanted, first):
        return Head(dialect, (), begin, rows, share)
    return Head(dialect, tuple(first), begin + taken, rows[1:], share)


def _found(wanted: Sequence[str], names: Sequence[str]) -> int:
    return sum(fold(name) in map(fold, names) for name in wanted)


def _first_row(looked: Sequence[Line], dialect: Dialect) -> list[str]:
    text = looked[0].text.removesuffix("\r")
    if not dialect.quoted:
        return text.split(dialect.separator)
    cells, opened, _ = delimited.split(text, dialect.separator)
    return cells if opened is None else text.split(dialect.separator)


def _names(
    looked: Sequence[Line], dialect: Dialect, wanted: Sequence[str]
) -> tuple[list[str], int]:
    """Return the cells of the first row, and how many lines it has."""
    alone = _first_row(looked, dialect)
    is_open = dialect.quoted and looked[0].text.count('"') % 2 == 1
    return (_spanning_names(looked, dialect, wanted) if is_open else None) or (alone, 1)


def _spanning_names(
    looked: Sequence[Line], dialect: Dialect, wanted: Sequence[str]
) -> tuple[list[str], int] | None:
    """Read names of columns that hold line ends, as spreadsheets write them, and their lines.

    Only where that finds as many known names as the first line alone, and the lines after it are
    no rows themselves: a stray quote there would take rows with it.
    """
    alone = max(_known(_first_row(looked, dialect), wanted), 1)
    for taken in range(2, min(_MOST_LINES_OF_NAMES, len(looked)) + 1):
        lines = looked[:taken]
        if any(line.fault for line in lines) or lines[-1].number - lines[0].number != taken - 1:
            return None
        texts = [line.text.removesuffix("\r") for line in lines]
        cells, opened, _ = delimited.split("\n".join(texts), dialect.separator)
        if opened is None:
            are_rows = any(text.count(dialect.separator) + 1 == len(cells) for text in texts[1:])
            fits = len(cells) > 1 and not are_rows and _known(cells, wanted) >= alone
            return (cells, taken) if fits else None
    return None


def _known(names: Sequence[str], wanted: Sequence[str]) -> int:
    return recognised(names, TEXT_NAMES + LABEL_NAMES) + _found(wanted, names)


def _names_are_quoted(line: Line, separator: str) -> bool:
    names = line.text.removesuffix("\r").split(separator)
    return all(len(name) > 1 and name[0] == name[-1] == '"' for name in names)


def _needs_quotes(looked: Sequence[Line]) -> bool:
    r"""Tell whether a file cut at tabs only fits with quotes.

    NSMC is written without: a ``"`` in a review is a letter. But pandas writes a review with a tab
    or a line end in quotes: the lines then have other numbers of cells, and those read with quotes
    do not. Names that are all quoted tell it too.
    """
    texts = [line.text.removesuffix("\r") for line in looked if line.text.strip()]
    if _names_are_quoted(looked[0], "\t"):
        return True
    if len({text.count("\t") for text in texts}) < 2:
        return False
    dialect = Dialect("\t", quoted=True)
    width = len(_first_row(looked, dialect))
    rows = delimited.Rows(looked, dialect, width)
    faults = [fault for _, _, fault in rows]
    if len(looked) == _LOOKED_AT:
        faults.pop()  # cut in the middle, perhaps
    return not rows.letters.count and not any(faults)
