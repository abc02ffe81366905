from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.corpora import load_corpus
from kosent.corpora.base import Dropped, Split
from kosent.corpora.builtin import nsmc_raw
from kosent.corpora.builtin.nsmc_raw import read_raw
from kosent.errors import DataError

ROWS = [
    ("30", "10", "최고의  영화\t라고 생각"),
    ("4", "1", "별로"),
    ("5", "4", "지루하다"),
    ("100", "9", "최고의 영화 라고 생각"),
]
GOOD = Split(
    ["별로", "지루하다", "최고의 영화 라고 생각", "최고의 영화 라고 생각"],
    ["negative", "negative", "positive", "positive"],
    nsmc_raw.Audit(4, 4),
)


def movie(*rows: tuple[Any, Any, Any]) -> bytes:
    keys = ("review_id", "rating", "review")
    reviews = [dict(zip(keys, row, strict=True)) | {"author": "a***"} for row in rows]
    return json.dumps(reviews, ensure_ascii=False).encode()


def table(path: Path, *lines: bytes) -> Path:
    data = b"".join(line + b"\n" for line in (nsmc_raw.HEADER[:-1], *lines))
    path.write_bytes(gzip.compress(data))
    return path


def archive(path: Path, members: dict[str, bytes]) -> Path:
    """Pack as ``git archive`` does, with the commit in a header of its own."""
    comment = {"comment": "0" * 40}
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT, pax_headers=comment) as packed:
        folder = tarfile.TarInfo("nsmc-master/raw/")
        folder.type = tarfile.DIRTYPE
        packed.addfile(folder)
        for name, data in members.items():
            info = tarfile.TarInfo(f"nsmc-master/{name}")
            info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
    return path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "nsmc-master.tar.gz"


def test_both_forms_give_the_same_whatever_their_order(tmp_path: Path, place: Path) -> None:
    lines = ["\t".join(row).replace("\t라고", " 라고").encode() for row in ROWS]
    assert read_raw(table(tmp_path / "a.tsv.gz", *lines), (), ()) == GOOD
    assert read_raw(table(tmp_path / "b.tsv.gz", *lines[::-1]), (), ()) == GOOD
    packed = archive(place, {"raw/7.json": movie(*ROWS[:1]), "raw/8.json": movie(*ROWS[1:])})
    assert read_raw(packed, (), ()) == GOOD


def test_reviews_of_the_test_split_are_left_out_by_id_and_by_text(place: Path) -> None:
    archive(place, {"raw/7.json": movie(*ROWS, ("6", "7", "별로"))})
    split = read_raw(place, {"30"}, {" 최고의 영화\u3000라고 생각 ", "별로"})
    assert split.audit.by_reason() == {"text of the test split": 3, "in the test split": 1}
    assert split.texts == ["지루하다"]


def test_middle_stars_are_left_out_one_by_one(place: Path) -> None:
    rows = [(str(stars), str(stars), "글") for stars in range(1, 11)]
    split = read_raw(archive(place, {"raw/7.json": movie(*rows)}), (), ())
    assert split.labels == ["negative"] * 4 + ["positive"] * 2
    assert split.audit.by_reason() == {"middle rating": 4}


def test_all_stars_are_given_by_both_forms_to_those_who_ask_for_no_labels(
    tmp_path: Path, place: Path
) -> None:
    expected = [(str(stars), f"글 {stars}") for stars in range(1, 11)]
    lines = [f"{number}\t{number}\t글  {number}".encode() for number, _ in expected]
    listed = table(tmp_path / "a.tsv.gz", *lines, b"11\t3\t", b"12\t3", b"")
    assert list(nsmc_raw.reviews(listed)) == expected
    rows = [(number, number, text) for number, text in expected]
    packed = archive(place, {"raw/7.json": movie(*rows, ("11", "3", "")), "raw/8.json": b"["})
    assert list(nsmc_raw.reviews(packed)) == expected


def test_every_fault_of_the_table_is_counted_with_its_line(tmp_path: Path) -> None:
    faults = {
        b"1\t1\t \x0b": "empty text",
        b"": "blank line",
        b"1\t1": "wrong column count",
        b"1\t1\ta\tb": "wrong column count",
        b"1\t1\t\xff": "not UTF-8",
        b"x\t1\ta": "broken row",
        b"\xd9\xa3\t1\ta": "broken row",  # other digits
        b"1\t0\ta": "unknown label",
        b"1\t11\ta": "unknown label",
        b"1\t5\ta": "middle rating",
        b"9\t2\ta": "repeated id",
        b"09\t2\ta": "repeated id",
    }
    path = table(tmp_path / "a.tsv.gz", b"9\t9\tgood", *faults)
    split = read_raw(path, (), ())
    assert (split.texts, split.labels) == (["good"], ["positive"])
    assert split.audit.dropped == tuple(
        Dropped(line, reason, "a.tsv.gz") for line, reason in enumerate(faults.values(), start=3)
    )


def test_every_fault_of_the_archive_is_counted(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nsmc_raw, "MAX_MOVIE", 400)
    rows: list[Any] = [
        {"review_id": "1", "rating": "1"},
        "a string",
        {"review_id": "1", "rating": "1", "review": 3},
        {"review_id": None, "rating": "1", "review": "a"},
        {"review_id": "1", "rating": "3.5", "review": "a"},
    ]
    members = {
        "raw/1.json": movie(*ROWS),
        "raw/2.json": json.dumps(rows).encode(),
        "raw/3.json": b"{}",
        "raw/4.json": b"[{]",
        "raw/5.json": b'["\xff"]',
        "raw/6.json": b"[" * 390,
        "raw/7.json": b" " * 401,
        "raw/8.json": b'[{"review_id": ' + b"9" * 300 + b', "rating": "1", "review": "a"}]',
        "README.md": b"no review",
        "raw/deep/9.json": b"[1]",
        "raw/x.json": b"[1]",
        "raw.json": b"[1]",
    }
    split = read_raw(archive(place, members), (), ())
    assert split.texts == GOOD.texts
    of_movies = [
        (row.source.removeprefix("nsmc-master/raw/"), row.reason) for row in split.audit.dropped
    ]
    assert of_movies == [
        ("2.json", "broken row"),
        ("2.json", "broken row"),
        ("2.json", "text is not a string"),
        ("2.json", "broken row"),
        ("2.json", "unknown label"),
        ("3.json", "broken row"),
        ("4.json", "broken row"),
        ("5.json", "not UTF-8"),
        ("6.json", "broken row"),
        ("7.json", "too large"),
        ("8.json", "broken row"),
    ]


def test_a_link_is_no_movie(place: Path) -> None:
    with tarfile.open(place, "w:gz") as packed:
        data = movie(*ROWS)
        info = tarfile.TarInfo("nsmc-master/raw/1.json")
        info.size = len(data)
        packed.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("nsmc-master/raw/2.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        packed.addfile(link)
    split = read_raw(place, (), ())
    assert split.audit.dropped == (Dropped(2, "not a regular file", link.name),)


def test_every_cut_of_either_form_is_refused(tmp_path: Path, place: Path) -> None:
    lines = [f"{n}\t9\t글 {n}".encode() for n in range(50)]
    for path in (
        table(tmp_path / "a.tsv.gz", *lines),
        archive(place, {"raw/1.json": movie(*ROWS)}),
    ):
        whole = path.read_bytes()
        for size in range(1, len(whole), 9):
            path.write_bytes(whole[:size])
            with pytest.raises(DataError, match="truncated or damaged"):
                read_raw(path, (), ())


def test_a_table_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv.gz"
    path.write_bytes(gzip.compress("id\t별점\n".encode()))
    with pytest.raises(DataError, match="Expected: b'id"):
        read_raw(path, (), ())
    path.write_bytes(b"id\trating\tdocument\n")
    with pytest.raises(DataError, match="truncated or damaged"):
        read_raw(path, (), ())
    with pytest.raises(DataError, match="cannot read"):
        read_raw(tmp_path / "b.tsv.gz", (), ())
    with pytest.raises(DataError, match=r"no usable review in .*\(read: 1\)"):
        read_raw(table(path, b"1\t5\ta"), (), ())


@given(st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=8))
def test_read_is_kept_and_dropped_for_any_table(lines: list[bytes]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = table(Path(folder, "a.tsv.gz"), b"77\t9\tgood", *lines)
        split = read_raw(path, (), ())
    assert split.audit.read == len(lines) + 1 == len(split) + len(split.audit.dropped)


def test_the_table_goes_before_the_archive(tmp_path: Path) -> None:
    folder = tmp_path / "nsmc"
    folder.mkdir()
    (folder / "ratings_test.txt").write_text("id\tdocument\tlabel\n4\t글\t1\n1\t\t0\n")
    archive(folder / "nsmc-master.tar.gz", {"raw/1.json": movie(*ROWS)})
    corpus = load_corpus("nsmc-raw", data_folder=tmp_path, download=False)
    assert corpus.train.texts == GOOD.texts[1:]  # id 4 is in the test split
    table(folder / "raw_reviews.tsv.gz", b"1\t1\tout", b"2\t1\tof the table", b"3\t9\tas well")
    corpus = load_corpus("nsmc-raw", data_folder=tmp_path, download=False)
    assert corpus.train.texts == ["of the table", "as well"]
    assert corpus.train.audit.by_reason() == {"in the test split": 1}  # though its text is empty


def test_the_real_crawl_is_read_to_the_last_row(real_data: Path) -> None:
    if not (real_data / "nsmc" / "raw_reviews.tsv.gz").is_file():
        pytest.skip(f"no raw_reviews.tsv.gz in {real_data / 'nsmc'}")
    corpus = load_corpus("nsmc-raw", data_folder=real_data, download=False)
    assert corpus.train.audit.read == 601_610
    assert corpus.test == load_corpus("nsmc", data_folder=real_data, download=False).test
    assert not {*corpus.train.texts} & {" ".join(text.split()) for text in corpus.test.texts}
