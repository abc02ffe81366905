from __future__ import annotations

import builtins
import importlib.util
from typing import Any

import pandas as pd
import pytest

from kosent.corpora import Audit as Account
from kosent.corpora import Corpus, Split
from kosent.errors import DataError, RuntimeSetupError, UsageError
from kosent.inspection.audit import audit
from kosent.inspection.audited import COLUMNS, Audit
from kosent.inspection.findings import FINDINGS

EXPECTED = {
    "duplicate": ([3], [3]),
    "near duplicate": ([4], []),
    "both labels": ([5, 6], []),
    "in test": ([7], []),
    "near test": ([8], []),
    "cleans to nothing": ([9], []),
    "mojibake": ([10], []),
    "mixed encodings": ([14], []),
    "replacement character": ([12], []),
    "decomposed": ([11, 14], []),
    "lone surrogate": ([13], []),
    "long text": ([15], []),
    "label name": ([13], []),
    "likely wrong label": ([], []),
}


def lines(audited: Audit, finding: str, split: str) -> list[int | None]:
    return [row.line for row in audited.rows if finding in row.findings and row.split == split]


def test_the_table_names_every_finding() -> None:
    assert list(EXPECTED) == list(FINDINGS)


@pytest.mark.parametrize("finding", EXPECTED)
def test_every_kind_is_found_where_it_is(flawed: Corpus, finding: str) -> None:
    audited = audit(flawed, suspects=False)
    train, test = EXPECTED[finding]
    assert lines(audited, finding, "train") == train
    assert lines(audited, finding, "test") == test
    assert audited.counts()[finding] == {"train": len(train), "test": len(test)}


def test_what_is_kept(flawed: Corpus) -> None:
    audited = audit(flawed, suspects=False)
    left_out = [(row.split, row.line) for row in audited.rows if not row.keep]
    assert left_out == [("train", line) for line in (3, 5, 6, 7, 9)]


def test_rows_are_those_of_the_corpus(flawed: Corpus) -> None:
    assert flawed.test is not None
    rows = audit(flawed, suspects=False).rows
    assert [row.text for row in rows] == flawed.train.texts + flawed.test.texts
    assert [row.label for row in rows] == flawed.train.labels + flawed.test.labels
    groups = [row.group for row in rows]
    assert groups[0] == groups[1] == groups[2] is not None
    assert groups[5] == groups[14] == groups[15]
    assert groups[6] == groups[16]
    assert groups[11] is groups[17] is None


def test_a_label_is_suggested_for_one_of_another_spelling(flawed: Corpus) -> None:
    suggested = {row.line: row.suggested_label for row in audit(flawed, suspects=False).rows}
    assert suggested.pop(13) == "긍정"
    assert set(suggested.values()) == {None}


def test_figures(flawed: Corpus) -> None:
    document = audit(flawed, suspects=False).to_dict()
    assert document["corpus"] == "flawed"
    assert document["cleaning"] == "korean"
    assert document["rows"] == {
        "train": {"read": 15, "kept": 14, "dropped": {"empty text": 1}},
        "test": {"read": 4, "kept": 4, "dropped": {}},
    }
    assert document["keep"] == {"train": 9, "test": 4}
    assert document["labels"] == {
        "train": {"긍정": 7, "부정": 6, "긍 정": 1},
        "test": {"부정": 3, "긍정": 1},
    }
    assert document["label_names"] == [["긍정", "긍 정"]]
    assert document["imbalance"] == {
        "most": "긍정",
        "least": "부정",
        "ratio": 1.33,
        "rare": ["긍정", "부정"],
    }
    assert document["characters"]["train"]["longest"] == 180
    assert (document["judged_by"], document["accuracy"]) == (None, None)


def test_names_of_one_label_are_one_class() -> None:
    rows = Split(["재밌다"] * 3, ["Good", "good", "GOOD"], Account(3, 3))
    audited = audit(Corpus("mine", "ko", rows, None), suspects=False)
    assert audited.counts()["both labels"] == {"train": 0}
    assert [row.keep for row in audited.rows] == [True, False, False]
    assert {row.line for row in audited.rows} == {None}


@pytest.mark.parametrize(("cleaning", "count"), [("korean", 0), ("source", 1)])
def test_the_cleaning_decides_what_is_nothing(cleaning: str, count: int) -> None:
    corpus = Corpus("mine", "ko", Split(["ㅋㅋㅋ", "재밌다"], ["a", "b"], Account(2, 2)), None)
    audited = audit(corpus, cleaning=cleaning, suspects=False)
    assert audited.counts()["cleans to nothing"] == {"train": count}
    assert audited.cleaning == cleaning


def test_likely_wrong_labels(mislabelled: tuple[Corpus, list[int]]) -> None:
    corpus, turned = mislabelled
    audited = audit(corpus, suspects=True)
    assert lines(audited, "likely wrong label", "train") == turned
    assert audited.judged_by is not None
    assert audited.judged_by.startswith("cleanlab 2.")
    assert audited.accuracy == 1 - sum(
        row.suggested_label is not None for row in audited.rows
    ) / len(audited.rows)
    for row in audited.rows:
        is_turned = row.line in turned
        assert row.keep
        assert (row.suggested_label is not None) == is_turned
        assert row.suggested_label != row.label
        assert (row.probability is not None) == is_turned
        assert not is_turned or 0.5 < (row.probability or 0) <= 1


def test_the_same_twice(mislabelled: tuple[Corpus, list[int]]) -> None:
    corpus, _ = mislabelled
    one, other = audit(corpus), audit(corpus)
    assert one.rows == other.rows
    assert one.to_dict() == other.to_dict()


def test_a_frame(flawed: Corpus) -> None:
    audited = audit(flawed, suspects=False)
    frame = audited.to_frame()
    assert list(frame.columns) == list(COLUMNS)
    assert len(frame) == 18
    assert frame["line"].tolist() == [*range(2, 16), *range(2, 6)]
    assert frame["findings"].tolist()[12] == "mixed encodings; decomposed"
    assert frame.loc[~frame["keep"], "line"].tolist() == [3, 5, 6, 7, 9]
    assert frame["suggested_label"].dropna().tolist() == ["긍정"]
    assert pd.isna(frame["group"].iloc[-1])
    assert pd.isna(frame["probability"]).all()


def test_a_frame_of_rows_without_lines() -> None:
    corpus = Corpus("mine", "ko", Split(["가"], ["a"], Account(1, 1)), None)
    assert audit(corpus, suspects=False).to_frame()["line"].isna().all()


class Listening:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int | None]] = []
        self.steps: list[int] = []
        self.notices: list[str] = []

    def stage(self, name: str, total: int | None) -> None:
        self.stages.append((name, total))
        self.steps.append(0)

    def advance(self, steps: int) -> None:
        self.steps[-1] += steps

    def epoch(self, record: Any) -> None:
        raise AssertionError(record)

    def notice(self, message: str) -> None:
        self.notices.append(message)


def test_progress(mislabelled: tuple[Corpus, list[int]]) -> None:
    listener = Listening()
    audit(mislabelled[0], listener=listener)
    assert listener.stages == [("audit", 80), ("duplicates", None), ("suspects", 6)]
    assert listener.steps == [80, 0, 6]
    assert listener.notices == []


def test_too_little_to_judge(flawed: Corpus) -> None:
    listener = Listening()
    assert audit(flawed, listener=listener).judged_by is None
    assert len(listener.notices) == 1
    assert "18 texts, 2 labels" in listener.notices[0]
    with pytest.raises(DataError, match="50 texts and two labels"):
        audit(flawed, suspects=True)


def test_one_class_cannot_be_judged() -> None:
    texts = [f"글 {number}" for number in range(60)]
    corpus = Corpus("mine", "ko", Split(texts, ["a"] * 60, Account(60, 60)), None)
    with pytest.raises(DataError, match="60 texts, 1 labels"):
        audit(corpus, suspects=True)


def test_without_cleanlab(
    mislabelled: tuple[Corpus, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        "kosent.inspection.suspects.find_spec",
        lambda name: None if name == "cleanlab" else find(name),
    )
    listener = Listening()
    audited = audit(mislabelled[0], listener=listener)
    assert audited.judged_by is None
    assert audited.counts()["likely wrong label"] == {"train": 0}
    (notice,) = listener.notices
    assert "pip install 'kosent[audit]'" in notice
    with pytest.raises(RuntimeSetupError, match=r"pip install 'kosent\[audit\]'"):
        audit(mislabelled[0], suspects=True)


def test_cleanlab_is_not_touched_where_it_is_not_wanted(
    flawed: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def guarded(name: str, *rest: Any, **more: Any) -> Any:
        assert not name.startswith("cleanlab")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", guarded)
    audit(flawed, suspects=False)


def test_refusals(flawed: Corpus) -> None:
    with pytest.raises(UsageError, match="'korean'"):
        audit(flawed, cleaning="koraen")
    with pytest.raises(DataError, match="no texts"):
        audit(Corpus("mine", "ko", Split([], [], Account(0, 0)), None))


def test_an_empty_test_split(flawed: Corpus) -> None:
    corpus = Corpus("mine", "ko", flawed.train, Split([], [], Account(0, 0)))
    document = audit(corpus, suspects=False).to_dict()
    assert document["characters"]["test"] == {}
    assert document["keep"]["test"] == 0
