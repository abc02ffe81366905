"""A table of texts in, the same table with answers beside them out."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from kosent.corpora.readers.columns import Columns
from kosent.errors import UsageError
from kosent.metrics.confidence import sure
from kosent.prediction.predictor import Predictor, Probabilities
from kosent.prediction.thresholds import check_answers
from kosent.support.frames import Frame, arrow_table, frame_of, is_pandas
from kosent.support.inputs import check_texts
from kosent.support.label_sets import names_of

LABEL, LABELS, CONFIDENCE = "label", "labels", "confidence"


def predict_frame(
    classifier: Predictor, given: Any, text: str | None, min_confidence: float | None
) -> Any:
    """Classify the texts of a table; see :meth:`Predictor.predict_frame`."""
    check_answers(min_confidence, classifier.thresholds_ is not None)
    table = given if is_pandas(given) else arrow_table(given)  # once: it may be a stream
    frame = frame_of(table)
    if frame is None:
        raise no_table(given)
    answers = _answers(classifier, frame, text, min_confidence)
    names = free_names(answers, frame.columns)
    if is_pandas(given):
        return _beside(given, {names[name]: values for name, values in answers.items()})
    table = _appended(table, answers, names, classifier.classes_.tolist())
    polars: Any = sys.modules.get("polars")
    is_polars = polars is not None and isinstance(given, polars.DataFrame)
    return polars.from_arrow(table) if is_polars else table


def predict_arrays(
    classifier: Predictor,
    given: Mapping[str, Any],
    text: str | None,
    min_confidence: float | None,
) -> dict[str, Any]:
    """Classify the texts of a table that is a dict of arrays, as other programs hand it over.

    Args:
        classifier: A fitted classifier.
        given: Arrays, or lists, of one length by name of column; ``None`` for a missing text.
        text: The column of the texts; found by its name when ``None``.
        min_confidence: As for ``predict_frame``.

    Returns:
        The same arrays and those of the answers, in the columns of ``predict_frame``; labels are an
        array of objects, ``None`` where there is none.

    Raises:
        DataError: If it is not sure which column is meant, or a text is no string.
        UsageError: If there is no column of that name.
    """
    check_answers(min_confidence, classifier.thresholds_ is not None)
    columns = list(given)
    rows = len(given[columns[0]]) if columns else 0
    frame = Frame("dict", columns, rows, lambda index: list(given[columns[index]]))
    answers = _answers(classifier, frame, text, min_confidence)
    names = free_names(answers, columns)
    first = {name: _objects(answers.pop(name)) for name in (LABEL, LABELS) if name in answers}
    numbers = {name: np.array(values, np.float64) for name, values in answers.items()}
    return dict(given) | {names[name]: array for name, array in (first | numbers).items()}


def _objects(values: list[Any]) -> npt.NDArray[np.object_]:
    objects = np.empty(len(values), object)
    for place, value in enumerate(values):  # at once, lists of one length would make a table
        objects[place] = value
    return objects


def no_table(given: object) -> UsageError:
    """Build the error for what is no table."""
    kind = type(given).__name__
    return UsageError(
        f"표(pandas, polars, Arrow, datasets)를 주세요. 받은 것: {kind}",
        f"expected a table of pandas, polars, Arrow or datasets. Received: {kind}",
    )


def free_names(names: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """Return names for new columns: a name that is taken gets ``predicted_`` before it.

    Args:
        names: The names of the new columns.
        taken: Those of the columns that are there.
    """
    used = set(taken)
    free: dict[str, str] = {}
    for name in names:
        new = name
        while new in used:
            new = f"predicted_{new}"
        free[name] = new
        used.add(new)
    return free


def _answers(
    classifier: Predictor, frame: Frame, text: str | None, min_confidence: float | None
) -> dict[str, list[Any]]:
    """Return label, confidence and the probabilities of all labels, by name of column."""
    columns_given = Columns(frame.columns, frame.kind)
    values = frame.column(columns_given.choose(text, None, labelled=False).text)
    texts = ["" if value is None else value for value in values]
    probabilities, blank, _ = classifier.predict_all(check_texts(texts))
    unanswered = set(blank)
    columns = _columns(classifier, probabilities, unanswered, min_confidence)
    taken = free_names(map(str, classifier.classes_.tolist()), [*columns, LABEL])
    for place, name in enumerate(taken.values()):
        columns[name] = _but(probabilities[:, place].tolist(), unanswered)
    return columns


def _columns(
    classifier: Predictor,
    probabilities: Probabilities,
    unanswered: set[int],
    min_confidence: float | None,
) -> dict[str, list[Any]]:
    """Return the columns before those of the classes."""
    if classifier.thresholds_ is not None:
        marks = probabilities.astype(np.float64) >= classifier.thresholds_
        lists = names_of(marks, classifier.classes_)
        return {LABELS: [None if n in unanswered else each for n, each in enumerate(lists)]}
    labels = classifier.classes_[probabilities.argmax(axis=1)].tolist()
    unsure = np.zeros(len(labels), np.bool_)
    if min_confidence is not None and len(labels):
        unsure = ~sure(probabilities, min_confidence)
    return {
        LABEL: [
            None if row in unanswered or unsure[row] else labels[row] for row in range(len(labels))
        ],
        CONFIDENCE: _but(probabilities.max(axis=1, initial=0).tolist(), unanswered),
    }


def _but(values: list[float], rows: set[int]) -> list[float]:
    return [math.nan if row in rows else value for row, value in enumerate(values)]


def _beside(frame: Any, added: Mapping[str, list[Any]]) -> Any:
    import pandas

    columns = {}
    for name, values in added.items():
        # Nothing beside whole numbers would make 1.0 of the label 1.
        mixed = None in values and any(isinstance(value, int) for value in values)
        columns[name] = pandas.Series(values, frame.index, object if mixed else None)
    return pandas.concat([frame, pandas.DataFrame(columns, index=frame.index)], axis=1)


def _appended(
    table: Any, answers: Mapping[str, list[Any]], names: Mapping[str, str], labels: list[Any]
) -> Any:
    import pyarrow

    label = pyarrow.array(labels).type
    several = LABEL not in answers
    first = {LABELS: pyarrow.list_(label)} if several else {LABEL: label}
    for name, values in answers.items():  # typed, since a column may hold nothing at all
        kind = first.get(name, pyarrow.float64())
        table = table.append_column(names[name], pyarrow.array(values, kind, from_pandas=True))
    return table
