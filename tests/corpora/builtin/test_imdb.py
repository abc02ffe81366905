from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kosent.corpora import load_corpus
from kosent.corpora.base import Dropped
from kosent.corpora.builtin import imdb
from kosent.corpora.builtin.imdb import read_archive
from kosent.corpora.fetching.locations import bundled_folder
from kosent.errors import DataError

Pack = Callable[..., Path]

REVIEWS = {
    "aclImdb/train/pos/10_9.txt": b"Loved it.<br />Twice.",
    "aclImdb/train/pos/2_10.txt": b"Great fun",
    "aclImdb/train/neg/0_2.txt": b"A dull hour",
    "aclImdb/test/neg/1_1.txt": "Déjà vu".encode(),
    "aclImdb/test/pos/7_8.txt": b"Fine cast ",
}


def test_reviews_are_sorted_by_label_and_number_whatever_the_order(pack: Pack) -> None:
    train, test = read_archive(pack(REVIEWS))
    assert train.texts == ["A dull hour", "Great fun", "Loved it.<br />Twice."]
    assert train.labels == ["negative", "positive", "positive"]
    assert (test.texts, test.labels) == (["Déjà vu", "Fine cast "], ["negative", "positive"])
    backwards = dict(reversed(REVIEWS.items()))
    assert read_archive(pack(backwards, "b.tar.gz")) == (train, test)


def test_what_lies_outside_the_review_folders_is_not_counted(pack: Pack) -> None:
    others = {
        "aclImdb/": b"",
        "aclImdb/README": b"text",
        "aclImdb/imdb.vocab": b"the\n",
        "aclImdb/train/": b"",
        "aclImdb/train/pos/": b"",
        "aclImdb/train/labeledBow.feat": b"9 0:1",
        "aclImdb/train/unsup/0_0.txt": b"unlabelled",
        "other/train/pos/0_9.txt": b"foreign",
    }
    train, _ = read_archive(pack(others | REVIEWS))
    assert (train.audit.read, train.audit.kept, train.audit.dropped) == (3, 3, ())


def test_faults_inside_the_review_folders_are_dropped_by_reason(
    pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imdb, "MAX_REVIEW", 50)
    faults = {
        "aclImdb/train/pos/3_9.txt": (b" \n", "empty text"),
        "aclImdb/train/pos/4_9.txt": (b"caf\xe9", "not UTF-8"),
        "aclImdb/train/pos/._5_9.txt": (b"Mac OS X", "unexpected name"),
        "aclImdb/train/pos/٣_9.txt": (b"other digits", "unexpected name"),
        "aclImdb/train/neg/deep/6_1.txt": (b"too deep", "unexpected name"),
        "aclImdb/train/neg/7_1.txt": (b"x" * 51, "too large"),
    }
    path = pack(REVIEWS | {name: data for name, (data, _) in faults.items()})
    train, test = read_archive(path)
    assert train.audit.dropped == tuple(
        Dropped(index, reason, name)
        for index, (name, (_, reason)) in enumerate(faults.items(), start=len(REVIEWS) + 1)
    )
    assert (train.audit.read, len(train), len(test)) == (9, 3, 2)


def test_links_and_second_copies_are_dropped(tmp_path: Path, pack: Pack) -> None:
    path = tmp_path / "a.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, data in [*REVIEWS.items(), ("aclImdb/train/pos/2_10.txt", b"Another text")]:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("aclImdb/test/pos/9_9.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link)
    train, test = read_archive(path)
    assert train.texts == read_archive(pack(REVIEWS))[0].texts
    assert train.audit.by_reason() == {"duplicate member": 1}
    assert test.audit.dropped == (Dropped(7, "not a regular file", link.name),)


def test_an_archive_without_reviews_of_a_split_is_refused(pack: Pack) -> None:
    only_train = {name: data for name, data in REVIEWS.items() if "train" in name}
    with pytest.raises(DataError, match="no review named aclImdb/test/"):
        read_archive(pack(only_train))


def test_every_cut_of_the_archive_is_refused(pack: Pack, tmp_path: Path) -> None:
    whole = pack(REVIEWS).read_bytes()
    cut = tmp_path / "cut.tar.gz"
    for size in range(0, len(whole), 7):
        cut.write_bytes(whole[:size])
        with pytest.raises(DataError, match="truncated or damaged") as caught:
            read_archive(cut)
        assert "\n" not in str(caught.value)


def test_every_cut_of_the_tar_inside_is_refused(pack: Pack, tmp_path: Path) -> None:
    unpacked = gzip.decompress(pack(REVIEWS).read_bytes()).rstrip(b"\0")
    cut = tmp_path / "cut.tar.gz"
    for size in (*range(0, len(unpacked), 512), len(unpacked)):
        cut.write_bytes(gzip.compress(unpacked[:size], compresslevel=1))
        with pytest.raises(DataError, match="truncated or damaged"):
            read_archive(cut)


@pytest.mark.parametrize("at", range(0, 1024 * len(REVIEWS), 1024))
def test_a_damaged_header_does_not_end_the_archive_in_silence(
    at: int, pack: Pack, tmp_path: Path
) -> None:
    unpacked = bytearray(gzip.decompress(pack(REVIEWS).read_bytes()))
    unpacked[at + 150] ^= 1  # in the header's checksum
    damaged = tmp_path / "damaged.tar.gz"
    damaged.write_bytes(gzip.compress(bytes(unpacked)))
    with pytest.raises(DataError, match="truncated or damaged"):
        read_archive(damaged)


def test_an_end_mark_before_the_end_is_refused(pack: Pack, tmp_path: Path) -> None:
    many = {f"aclImdb/{s}/pos/{n}_9.txt": b"fine" for s in ("train", "test") for n in range(40)}
    unpacked = bytearray(gzip.decompress(pack(many).read_bytes()))
    unpacked[20 * 1024 : 21 * 1024] = bytes(1024)
    damaged = tmp_path / "damaged.tar.gz"
    damaged.write_bytes(gzip.compress(bytes(unpacked)))
    with pytest.raises(DataError, match="data after the end mark"):
        read_archive(damaged)


def test_a_member_that_claims_to_be_huge_is_refused_at_once(pack: Pack, tmp_path: Path) -> None:
    unpacked = bytearray(gzip.decompress(pack(REVIEWS).read_bytes()))
    unpacked[124:136] = b"\x80" + b"\0" * 3 + b"\x7f" * 8  # its size, in base 256
    unpacked[148:156] = b" " * 8
    unpacked[148:156] = b"%06o\0 " % sum(unpacked[:512])
    damaged = tmp_path / "damaged.tar.gz"
    damaged.write_bytes(gzip.compress(bytes(unpacked)))
    with pytest.raises(DataError, match="truncated or damaged"):
        read_archive(damaged)


def test_a_damaged_byte_is_refused_or_changes_nothing(pack: Pack, tmp_path: Path) -> None:
    path = pack(REVIEWS)
    expected = read_archive(path)
    whole = path.read_bytes()
    refused = 0
    for at in range(len(whole)):
        data = bytearray(whole)
        data[at] ^= 1 << at % 8
        path.write_bytes(data)
        try:
            assert read_archive(path) == expected
        except DataError:
            refused += 1
    assert refused > 0.9 * len(whole)  # the rest has no meaning here, such as gzip's date


def test_a_file_that_is_no_archive_and_a_missing_one(tmp_path: Path) -> None:
    other = tmp_path / "a.tar.gz"
    other.write_bytes("그냥 글".encode() * 1000)
    with pytest.raises(DataError, match="truncated or damaged"):
        read_archive(other)
    with pytest.raises(DataError, match="cannot read"):
        read_archive(tmp_path / "none.tar.gz")


def test_the_english_sample_is_read_in_the_official_layout(pack: Pack) -> None:
    english = bundled_folder() / "sample" / "english"
    files = sorted(english.rglob("*.txt"))
    train, test = read_archive(
        pack(
            {f"aclImdb/{file.relative_to(english).as_posix()}": file.read_bytes() for file in files}
        )
    )
    assert len(train) + len(test) == len(files) > 0
    assert set(train.labels) == set(test.labels) == {"negative", "positive"}


def test_the_real_corpus_is_read_to_the_last_review(real_data: Path) -> None:
    corpus = load_corpus("imdb", data_folder=real_data, download=False)
    assert corpus.test is not None
    for split in (corpus.train, corpus.test):
        assert (split.audit.read, split.audit.dropped) == (25_000, ())
        assert split.labels == ["negative"] * 12_500 + ["positive"] * 12_500
    assert corpus.language == "en"
