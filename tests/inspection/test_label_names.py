from __future__ import annotations

import pytest

from kosent.inspection.label_names import told_as_one, twins


@pytest.mark.parametrize(
    "other",
    [
        *("매우좋음", "매우  좋음", "매우\u3000좋음", " 매우 좋음"),
        *("매우 좋\u200b음", "매우\ufeff 좋음"),
    ],
)
def test_blanks_and_what_is_not_seen(other: str) -> None:
    labels = ["매우 좋음"] * 2 + [other, "나쁨"]
    assert told_as_one(labels) == {"매우 좋음": "매우 좋음", other: "매우 좋음", "나쁨": "나쁨"}
    assert twins(labels) == [["매우 좋음", other]]


@pytest.mark.parametrize(
    ("one", "other"), [("Good", "good"), ("Good", "GOOD"), ("1", "１"), ("A", "ａ"), ("ß", "SS")]
)
def test_case_and_width(one: str, other: str) -> None:
    assert twins([one, one, other]) == [[one, other]]
    assert twins([other, other, one]) == [[other, one]]


def test_the_more_frequent_name_is_the_usual_one_else_the_first() -> None:
    assert told_as_one(["b", "B", "B"])["b"] == "B"
    assert told_as_one(["b", "B"])["b"] == "B"
    assert twins(["b", "B", "ｂ", "c"]) == [["B", "b", "ｂ"]]


@pytest.mark.parametrize("labels", [[], ["긍정", "부정"], ["1", "10"], ["가", "가."], ["가", "갸"]])
def test_others_are_not_one(labels: list[str]) -> None:
    assert twins(labels) == []
