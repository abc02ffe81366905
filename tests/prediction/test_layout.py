from __future__ import annotations

import math

import pytest

from kosent.corpora.readers.rows import Row
from kosent.prediction.layout import Answered, Answers, Layout, as_text


@pytest.mark.parametrize(
    ("columns", "labels", "min_confidence", "added"),
    [
        (["글"], ["a", "b"], None, ["label", "confidence", "a", "b", "error"]),
        (["글"], ["a"], 0.5, ["label", "top", "confidence", "a", "error"]),
        (["글", "top"], ["a"], None, ["label", "confidence", "a", "error"]),
        (["글", "label"], ["a"], None, ["predicted_label", "confidence", "a", "error"]),
        (["a", "error"], ["a"], None, ["label", "confidence", "predicted_a", "predicted_error"]),
        (["글"], ["error", "label"], None,
         ["label", "confidence", "predicted_error", "predicted_label", "error"]),
        (["label", "predicted_label"], ["a"], None,
         ["predicted_predicted_label", "confidence", "a", "error"]),
    ],
)  # fmt: skip
def test_names_of_columns(
    columns: list[str], labels: list[str], min_confidence: float | None, added: list[str]
) -> None:
    layout = Layout(columns, Answers(labels, min_confidence))
    assert layout.names == [*columns, *added]
    assert layout.width == len(columns)


@pytest.mark.parametrize(
    ("row", "probabilities", "blank", "expected"),
    [
        (Row(1, "글", "", ("글", 5)), [0.25, 0.75], False, ["글", 5, "b", 0.75, 0.25, 0.75, None]),
        (Row(1, "글", "", ("글", 5)), [0.5, 0.5], False, ["글", 5, "a", 0.5, 0.5, 0.5, None]),
        (Row(1, " ", "", (" ", 5)), [0.5, 0.5], True, [" ", 5, *[None] * 4, "empty text"]),
        (Row(1, "", "x", ("글",)), None, False, ["글", None, *[None] * 4, "x"]),
        (Row(1, "", "x", ()), None, False, [*[None] * 6, "x"]),
        (Row(1, "", "x", ("글", 1, "=2", None)), None, False, ["글", "1,=2,", *[None] * 4, "x"]),
    ],
)
def test_cells_of_a_row(
    row: Row, probabilities: list[float] | None, blank: bool, expected: list[object]
) -> None:
    layout = Layout(["글", "수"], Answers(["a", "b"], None))
    assert layout.cells(Answered(row, probabilities, blank)) == expected


def test_an_unsure_answer_has_no_label() -> None:
    layout = Layout(["글"], Answers(["a", "b"], 0.8))
    answered = Answered(Row(1, "글", "", ("글",)), [0.25, 0.75], False)
    assert layout.cells(answered) == ["글", None, "b", 0.75, 0.25, 0.75, None]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (math.nan, ""),
        ("글 ", "글 "),
        ("\ud800", "\\ud800"),
        (True, "True"),
        (-1.5, "-1.5"),
        (2**70, "1180591620717411303424"),
        ([1, {"가": None}], '[1, {"가": null}]'),
    ],
)
def test_a_cell_as_text(value: object, text: str) -> None:
    assert as_text(value) == text
