"""The file of an audit, and what ``kosent.load_corpus`` makes of it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kosent
from kosent.corpora import Audit as Account
from kosent.corpora import Corpus, Split
from kosent.errors import RuntimeSetupError, UsageError
from kosent.inspection.audit import audit
from kosent.inspection.audit_file import write_audit
from kosent.inspection.audited import COLUMNS
from kosent.text.unicode import replace_surrogates


def written(corpus: Corpus, path: Path) -> list[dict[str, str]]:
    write_audit(audit(corpus, suspects=False), path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_cells(flawed: Corpus, tmp_path: Path) -> None:
    rows = written(flawed, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")  # Excel knows it by that
    assert list(rows[0]) == list(COLUMNS)
    assert len(rows) == 18
    assert rows[1] == {
        "split": "train",
        "line": "3",
        "text": "정말  재밌다 ",
        "label": "긍정",
        "findings": "duplicate",
        "suggested_label": "",
        "probability": "",
        "group": "0",
        "keep": "0",
    }
    assert rows[11]["findings"] == "lone surrogate; label name"
    assert rows[11]["text"] == "눈물 난다 \ufffd"
    assert [row["keep"] for row in rows[14:]] == ["1"] * 4


def test_line_ends_in_a_text_are_quoted(tmp_path: Path) -> None:
    texts = ["가\r나", "다\n라", "\r"]
    corpus = Corpus("mine", "ko", Split(texts, ["a"] * 3, Account(3, 3)), None)
    assert [row["text"] for row in written(corpus, tmp_path / "out.csv")] == [*texts[:2], "'\r"]


def test_training_reads_it(flawed: Corpus, tmp_path: Path) -> None:
    written(flawed, tmp_path / "out.csv")
    corpus = kosent.load_corpus(tmp_path / "out.csv")
    kept = [text for text, line in zip(flawed.train.texts, range(2, 16), strict=True)
            if line not in (3, 5, 6, 7, 9)]  # fmt: skip
    assert corpus.train.texts == list(map(replace_surrogates, kept))
    assert corpus.train.audit.by_reason() == {"not kept": 5}
    assert corpus.test is not None
    assert flawed.test is not None
    assert corpus.test.texts == flawed.test.texts
    assert corpus.test.labels == flawed.test.labels
    assert corpus.test.audit.dropped == ()
    assert any("not kept 5" in notice for notice in corpus.notices)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
            | st.text("'=+-@\t\r\n\",가a ", min_size=1),
            st.sampled_from(["긍정", "부정", "-1", "=1", "'a"]),
        ),
        min_size=1,
        max_size=8,
    ).filter(lambda rows: any(text.strip() for text, _ in rows))
)
def test_every_text_comes_back(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    usable = [(f"{text}{place}", label) for place, (text, label) in enumerate(rows)]
    texts, labels = map(list, zip(*usable, strict=True))
    corpus = Corpus("mine", "ko", Split(texts, labels, Account(len(texts), len(texts))), None)
    audited = audit(corpus, suspects=False)
    write_audit(audited, tmp_path / "out.csv")
    kept = [row for row in audited.rows if row.keep]
    if kept:
        read = kosent.load_corpus(tmp_path / "out.csv").train
        assert read.texts == [row.text for row in kept]
        assert len(read.audit.dropped) == len(audited.rows) - len(kept)


def test_it_can_be_audited_again(flawed: Corpus, tmp_path: Path) -> None:
    written(flawed, tmp_path / "out.csv")
    again = audit(kosent.load_corpus(tmp_path / "out.csv"), suspects=False)
    assert all(row.keep for row in again.rows)
    assert again.to_dict()["rows"]["train"]["dropped"] == {"not kept": 5}


@pytest.mark.parametrize("name", ["out", "out.xlsx", "-", "out.csv.gz"])
def test_other_names_are_refused(name: str, flawed: Corpus, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"end in \.csv"):
        write_audit(audit(flawed, suspects=False), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_whole_or_not_at_all(flawed: Corpus, tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(RuntimeSetupError):
        write_audit(audit(flawed, suspects=False), tmp_path / "folder.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.csv"]
