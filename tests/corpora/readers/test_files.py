from __future__ import annotations

import csv
import gzip
import io
import json
import lzma
import unicodedata
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.corpora.base import Dropped
from kosent.corpora.readers.files import read_path
from kosent.errors import DataError, UsageError

PACKINGS = {".gz": gzip.compress, ".xz": lzma.compress}
READERS = (".tsv", ".txt", ".csv", ".jsonl", ".ndjson", ".json", ".parquet", ".xlsx")
ROWS = [("재밌다 ㅋㅋ", "긍정"), ("별로예요", "부정"), ("그저 그래요", "중립")]


def write(path: Path, rows: list[tuple[object, object]]) -> Path:
    """Write rows under the columns text and label, in the format of the suffix."""
    if path.suffix == ".parquet":
        texts, labels = zip(*rows, strict=True)
        pq.write_table(pa.table({"text": list(texts), "label": list(labels)}), path)
    elif path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in [("text", "label"), *rows]:
            book.active.append(row)
        book.save(path)
    elif path.suffix == ".json":
        path.write_text(json.dumps([{"text": text, "label": label} for text, label in rows]))
    elif path.suffix in (".jsonl", ".ndjson"):
        lines = [json.dumps({"text": text, "label": label}) for text, label in rows]
        path.write_text("\n".join(lines))
    else:
        mark = "," if path.suffix == ".csv" else "\t"
        lines = [f"{text}{mark}{label}" for text, label in [("text", "label"), *rows]]
        path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize("change", [str, str.upper])
def test_every_format_gives_the_same_corpus(suffix: str, change: object, tmp_path: Path) -> None:
    assert callable(change)
    source = write(tmp_path / f"mine{suffix}", [*ROWS])
    corpus = read_path(source.rename(tmp_path / f"mine{change(suffix)}"))
    assert (corpus.train.texts, corpus.train.labels) == tuple(map(list, zip(*ROWS, strict=True)))
    assert (corpus.name, corpus.language, corpus.test) == ("mine", "ko", None)
    (notice,) = corpus.notices
    assert "text column 'text', label column 'label'" in notice
    assert corpus.train.audit.read == 3


def test_rows_without_text_or_label_are_dropped_with_their_line(tmp_path: Path) -> None:
    rows: list[tuple[object, object]] = [("", "a"), ("글", ""), (" ", "a"), ("글", "a")]
    corpus = read_path(write(tmp_path / "a.tsv", rows))
    assert corpus.train.audit.dropped == (
        Dropped(2, "empty text", "a.tsv"),
        Dropped(3, "no label", "a.tsv"),
        Dropped(4, "empty text", "a.tsv"),
    )
    assert "3 of 4 rows were not used" in corpus.notices[1]


@pytest.mark.parametrize(
    ("label", "expected"),
    [(1, "1"), (1.0, "1"), (1.5, "1.5"), (True, "True"), (" a ", "a"), (1e300, str(int(1e300)))],
)
def test_labels_of_any_type_become_strings(label: object, expected: str, tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.parquet"):
        assert read_path(write(tmp_path / name, [("글", label)])).train.labels == [expected]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"text": "글"}, "no label"),
        ({"text": "글", "label": None}, "no label"),
        ({"text": "글", "label": float("nan")}, "no label"),
        ({"text": "글", "label": " "}, "no label"),
        ({"text": "글", "label": ["a"]}, "broken label"),
        ({"text": "글", "label": {"a": 1}}, "broken label"),
        ({"text": "글", "label": "\ud800"}, "broken label"),
        ({"label": "a"}, "empty text"),
        ({"text": None, "label": "a"}, "empty text"),
        ({"text": 3, "label": "a"}, "text is not a string"),
        ({"text": ["글"], "label": "a"}, "text is not a string"),
    ],
)
def test_values_that_are_no_text_or_label(
    value: dict[str, object], reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "글", "label": "a"}) + "\n" + json.dumps(value))
    assert read_path(path).train.audit.dropped == (Dropped(2, reason, "a.jsonl"),)


def test_dropped_rows_of_both_kinds_are_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("text\tlabel\n\ta\nhalf\n글\ta\n글\t\n\n")
    dropped = read_path(path).train.audit.dropped
    assert [(row.line, row.reason) for row in dropped] == [
        (2, "empty text"),
        (3, "wrong column count"),
        (5, "no label"),
    ]


def test_the_text_is_kept_as_it_is_and_the_label_composed(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "재밌다")
    odd = f" {decomposed}\0\u2028 ㅋ"
    label = unicodedata.normalize("NFD", "긍정")
    for suffix in READERS[:-1]:  # a sheet is XML, which holds no NUL
        split = read_path(write(tmp_path / f"a{suffix}", [(odd, label)])).train
        assert (split.texts, split.labels) == ([odd], ["긍정"])


def test_lone_surrogates_of_json_are_kept_in_texts(tmp_path: Path) -> None:
    corpus = read_path(write(tmp_path / "a.jsonl", [("\ud83d 좋다", "a"), ("싫다", "b")]))
    assert corpus.train.texts[0] == "\ud83d 좋다"
    assert len(corpus.fingerprint) == 64


@pytest.mark.parametrize("suffix", READERS)
def test_no_usable_row_is_refused(suffix: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no usable row in 'a\..*rows read: 2; empty text 2"):
        read_path(write(tmp_path / f"a{suffix}", [("", "a"), (" ", "b")]))


def test_columns_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("말,뜻\n좋다,1\n")
    assert read_path(path, "말", "뜻").train.texts == ["좋다"]
    with pytest.raises(DataError, match="no text column"):
        read_path(path)
    with pytest.raises(UsageError, match="Known: 뜻, 말"):
        read_path(path, "맛", "뜻")


def test_cp949_and_bom_files_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [*ROWS])
    text = path.read_text()
    path.write_text(text, "utf-8-sig")
    expected = read_path(path)
    assert expected.notices[0].endswith("UTF-8")
    path.write_text(text, "cp949")
    assert read_path(path).train == expected.train
    assert "CP949" in read_path(path).notices[0]
    path.write_bytes(text.encode() + b"\xff\n")
    assert read_path(path).train.texts == expected.train.texts
    assert read_path(path).train.audit.dropped == (Dropped(5, "neither UTF-8 nor CP949", "a.csv"),)
    path.write_bytes(b"text,label\n\xff,1\n\xfe\xff,0\n")
    with pytest.raises(DataError, match=r"no usable row .*neither UTF-8 nor CP949 2\)"):
        read_path(path)


@pytest.mark.parametrize(
    ("names", "train", "test"),
    [
        (["train.csv", "test.csv"], "train.csv", "test.csv"),
        (["train.tsv"], "train.tsv", None),
        (["ratings_train.txt", "ratings_test.txt"], "ratings_train.txt", "ratings_test.txt"),
        (["train.csv", "train_old.csv", "TEST.jsonl", "latest.csv"], "train.csv", "TEST.jsonl"),
        (["train.csv.gz", "test.jsonl.xz"], "train.csv.gz", "test.jsonl.xz"),
        (["data-train-v2.parquet", "contest.csv", ".test.csv", "README.md"],
         "data-train-v2.parquet", None),
    ],
)  # fmt: skip
def test_a_folder_holds_train_and_perhaps_test(
    names: list[str], train: str, test: str | None, tmp_path: Path
) -> None:
    folder = tmp_path / "묶음"
    folder.mkdir()
    for name in names:
        path = folder / name
        if path.suffix in PACKINGS:
            plain = write(path.with_suffix(""), [(name, "a")])
            path.write_bytes(PACKINGS[path.suffix](plain.read_bytes()))
            plain.unlink()
        elif path.suffix in READERS:
            write(path, [(name, "a")])
        else:
            (folder / name).touch()
    corpus = read_path(folder)
    assert corpus.name == "묶음"
    assert corpus.train.texts == [train]
    assert (corpus.test.texts[0] if corpus.test is not None else None) == test


def folder_of(tmp_path: Path, **files: list[tuple[object, object]] | str) -> Path:
    for name, rows in files.items():
        path = tmp_path / f"{name}.csv"
        if isinstance(rows, str):
            path.write_text(rows)
        else:
            write(path, rows)
    return tmp_path


TRAIN: list[tuple[object, object]] = [("좋다", "긍정"), ("싫다", "부정")]
TEST: list[tuple[object, object]] = [("보통", "부정")]


class TestFolder:
    @pytest.mark.parametrize("dev", ["dev", "valid", "val", "validation", "my_valid_v1"])
    def test_dev_is_the_test_split_where_there_is_none(self, dev: str, tmp_path: Path) -> None:
        corpus = read_path(folder_of(tmp_path, train=TRAIN, **{dev: TEST}))
        assert corpus.test is not None
        assert corpus.test.texts == ["보통"]
        assert any(f"'{dev}.csv' is the test split" in notice for notice in corpus.notices)

    @pytest.mark.parametrize("dev", ["dev", "valid"])
    def test_dev_beside_a_test_split_is_named_as_unused(self, dev: str, tmp_path: Path) -> None:
        folder = folder_of(tmp_path, train=TRAIN, test=TEST, other=TEST, **{dev: TRAIN})
        corpus = read_path(folder)
        assert corpus.test is not None
        assert corpus.test.texts == ["보통"]
        assert f"files that are not used: {dev}.csv, other.csv (validation" in corpus.notices[-1]

    @pytest.mark.parametrize(
        "test",
        [
            "id,text\n1,보통\n",
            "text,label\n보통,\n글,NaN\n",
            "text\n보통\n",
            "document,id,label\n보통,1,\n",
        ],
    )
    @pytest.mark.parametrize("dev", [False, True])
    def test_a_test_file_without_labels_is_said_and_not_scored(
        self, test: str, dev: bool, tmp_path: Path
    ) -> None:
        folder = folder_of(tmp_path, train=TRAIN, test=test)
        if dev:
            write(folder / "dev.csv", [("다른 글", "긍정")])
        (folder / "sample_submission.csv").write_text("id,label\n1,0\n")
        corpus = read_path(folder)
        assert corpus.train.texts == ["좋다", "싫다"]
        assert (corpus.test.texts if corpus.test else None) == (["다른 글"] if dev else None)
        assert any("'test.csv' has no labels and is not" in notice for notice in corpus.notices)
        assert "not used: sample_submission.csv (" in corpus.notices[-1]

    def test_columns_named_by_the_user_count_for_every_file(self, tmp_path: Path) -> None:
        folder = folder_of(tmp_path, train="말,뜻\n좋다,1\n싫다,0\n", test="말,id\n보통,1\n")
        corpus = read_path(folder, "말", "뜻")
        assert (corpus.train.labels, corpus.test) == (["1", "0"], None)

    @pytest.mark.parametrize(
        ("test", "labels"),
        [
            ("말투,남긴 말\n높임,보통\n", ["높임"]),
            ("번호,남긴 말,말투\n1,보통,높임\n", ["높임"]),
            ("번호,남긴 말,label\n1,보통,높임\n", ["높임"]),
            ("번호,남긴 말\n1,보통\n", None),
        ],
    )
    def test_columns_without_a_known_name_are_those_of_train(
        self, test: str, labels: list[str] | None, tmp_path: Path
    ) -> None:
        folder = folder_of(tmp_path, train="문장,말투\n좋아,낮춤\n좋아요,높임\n", test=test)
        train = folder / "train.csv"
        train.write_text(train.read_text().replace("문장", "남긴 말"))
        corpus = read_path(folder, "남긴 말")
        assert corpus.train.labels == ["낮춤", "높임"]
        assert (corpus.test and corpus.test.labels) == labels
        train.write_text(train.read_text().replace("말투", "label"))
        corpus = read_path(folder)
        assert corpus.train.texts == ["좋아", "좋아요"]

    def test_a_broken_test_file_is_refused(self, tmp_path: Path) -> None:
        folder = folder_of(tmp_path, train=TRAIN, test="text,label\n ,긍정\n")
        with pytest.raises(DataError, match=r"no usable row in 'test\.csv'"):
            read_path(folder)


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["a.csv"],
        ["test.csv"],
        ["train.csv", "train.tsv"],
        ["a_train.csv", "b_train.csv"],
        ["train.csv", "a_test.csv", "b_test.csv"],
        ["train_test.csv"],
    ],
)
def test_an_ambiguous_folder_lists_what_it_holds(names: list[str], tmp_path: Path) -> None:
    for name in names:
        (tmp_path / name).touch()
    with pytest.raises(DataError) as caught:
        read_path(tmp_path)
    assert str(caught.value).endswith(f"Found: {', '.join(sorted(names)) or '-'}")


def test_a_folder_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(DataError, match=r"\(Permission denied\)"):
        read_path(tmp_path)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("이 영화 great!", "ko"),
        (unicodedata.normalize("NFD", "재밌다"), "ko"),
        ("ㅋㅋㅋ", "ko"),
        ("A fine film about 서울 and much else besides", "en"),
        ("123 !?", "en"),
    ],
)
def test_the_language_is_told_by_its_letters(text: str, language: str, tmp_path: Path) -> None:
    assert read_path(write(tmp_path / "a.tsv", [(text, "a")])).language == language


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "text": st.none() | st.text() | st.integers(),
                "label": st.none() | st.text() | st.integers() | st.floats() | st.booleans(),
            },
        ),
        max_size=8,
    )
)
def test_any_values_are_kept_or_dropped(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    whole = {"text": "글", "label": "a"}
    path.write_text("\n".join(json.dumps(row) for row in [whole, *rows]))
    split = read_path(path).train
    assert split.audit.read == len(rows) + 1
    assert all(text.strip() for text in split.texts)
    assert all(label == label.strip() != "" for label in split.labels)


@pytest.mark.parametrize("name", ["a.txt", "a", "a.log"])
def test_one_text_a_line_has_no_labels(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text("재밌다\n별로, 정말\n")
    with pytest.raises(DataError, match=r"one text a line, and so no labels; put tabs between"):
        read_path(path)


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\0")).filter(str.strip),
            st.sampled_from(["긍정", "부정", "중립"]),
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(",;|\t"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from([".csv", ".tsv", ".txt"]),
)
def test_what_a_program_wrote_with_quotes_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str]],
    mark: str,
    encoding: str,
    suffix: str,
) -> None:
    path = tmp_path_factory.getbasetemp() / f"quoted{suffix}"
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=mark, quoting=csv.QUOTE_ALL).writerows([("text", "label"), *rows])
    path.write_bytes(written.getvalue().encode(encoding))
    train = read_path(path).train
    assert list(zip(train.texts, train.labels, strict=True)) == rows
