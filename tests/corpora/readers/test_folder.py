"""Which files of a folder are its splits, and splits in parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from kosent.corpora.readers.files import read_path
from kosent.corpora.readers.folder import Folder, within
from kosent.errors import DataError


def made(folder: Path, **files: str) -> Path:
    """Write tables of a text and a label a row; names of files have no dots."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        text = "text,label\n" + "".join(f"{row[:-1]},{row[-1]}\n" for row in rows.split())
        (folder / f"{name.replace('_of_', '-of-').replace('__', '-')}.csv").write_text(
            text, "utf-8"
        )
    return folder


def test_parts_are_read_as_one_in_their_order(tmp_path: Path) -> None:
    folder = made(
        tmp_path,
        train__00001_of_00003="둘a 셋b",
        train__00000_of_00003="하나a 빈글",
        train__00002_of_00003="넷b 다섯a",
        test__00000_of_00001="여섯a",
    )
    (folder / "train-00000-of-00003.csv").write_text("text,label\n하나,a\n ,b\n", "utf-8")
    corpus = read_path(folder)
    assert corpus.train.texts == ["하나", "둘", "셋", "넷", "다섯"]
    assert corpus.train.labels == ["a", "a", "b", "b", "a"]
    assert corpus.train.lines is None
    audit = corpus.train.audit
    assert (audit.read, audit.kept, audit.by_reason()) == (6, 5, {"empty text": 1})
    assert audit.dropped[0].source == "train-00000-of-00003.csv"
    assert corpus.test is not None
    assert corpus.test.texts == ["여섯"]


def test_parts_may_lie_in_a_folder_of_data(tmp_path: Path) -> None:
    made(tmp_path / "data", train__00000_of_00002="하나a", train__00001_of_00002="둘b")
    corpus = read_path(tmp_path)
    assert (corpus.name, corpus.train.texts) == (tmp_path.name, ["하나", "둘"])
    made(tmp_path, train="셋a 넷b")
    assert within(tmp_path) == tmp_path
    assert read_path(tmp_path).train.texts == ["셋", "넷"]


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    folder = made(tmp_path, train__00000_of_00003="하나a", train__00002_of_00003="둘b")
    with pytest.raises(DataError, match=r"of the 3 parts .* 2 are there; missing: 00001$"):
        read_path(folder)


@pytest.mark.parametrize(
    "other", ["train__00000_of_00002", "big__train__00000_of_00001", "train_2"]
)
def test_files_that_are_no_parts_of_one_split_are_listed(other: str, tmp_path: Path) -> None:
    folder = made(tmp_path, train__00000_of_00001="하나a 둘b", **{other: "셋a"})
    with pytest.raises(DataError, match=r"cannot tell one train file .* Found: .*train-00000"):
        read_path(folder)


def test_several_labels_in_parts(tmp_path: Path) -> None:
    from kosent import load_corpus

    for number, labels in enumerate(("가|나", "나")):
        text = f'{{"text": "글{number}", "label": {labels.split("|")!r}}}\n'.replace("'", '"')
        (tmp_path / f"train-0000{number}-of-00002.jsonl").write_text(text, "utf-8")
    corpus = load_corpus(tmp_path, multilabel=True)
    assert corpus.train.label_sets == [("가", "나"), ("나",)]


def test_parts_of_dev_are_used_where_there_is_no_test(tmp_path: Path) -> None:
    folder = made(
        tmp_path,
        train="하나a 둘b",
        dev__00000_of_00002="셋a",
        dev__00001_of_00002="넷b",
        extra="다b",
    )
    found = Folder.of(folder)
    assert ([file.name[:9] for file in found.dev], found.others) == (
        ["dev-00000", "dev-00001"],
        ["extra.csv"],
    )
    corpus = read_path(folder)
    assert corpus.test is not None
    assert corpus.test.texts == ["셋", "넷"]
