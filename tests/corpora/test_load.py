from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from kosent import corpora
from kosent.corpora import CORPORA, fetch, load_corpus
from kosent.corpora.builtin.nsmc import HEADER
from kosent.corpora.fetching.sha256 import SHA256
from kosent.errors import DataError, DownloadError, UsageError
from kosent.support.progress import Noting, Silent

if TYPE_CHECKING:
    from conftest import WebServer

FILE = f"{HEADER}\n1\t좋다\t1\n2\t싫다\t0\n".encode()
NAMES = ("ratings_train.txt", "ratings_test.txt")


@pytest.fixture
def official(web: WebServer, monkeypatch: pytest.MonkeyPatch) -> WebServer:
    """Let the local server stand for the publisher of NSMC."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    web.data = FILE
    blob = hashlib.sha1(b"blob %d\0" % len(FILE) + FILE, usedforsecurity=False).hexdigest()
    files = tuple(
        replace(file, url=web.url, size=len(FILE), checksum=blob) for file in CORPORA["nsmc"].files
    )
    monkeypatch.setitem(corpora.CORPORA, "nsmc", replace(CORPORA["nsmc"], files=files))
    for file in files:
        monkeypatch.setitem(SHA256, file.path, hashlib.sha256(FILE).hexdigest())
    return web


@pytest.mark.parametrize("received", [None, 3, ["a.csv"], pd.Series(["a"]), b"a.csv"])
def test_what_is_no_name_is_a_usage_error(received: Any) -> None:
    with pytest.raises(UsageError, match="Received: " + type(received).__name__):
        load_corpus(received)


def test_missing_files_are_fetched_once_and_said_so(official: WebServer, tmp_path: Path) -> None:
    root = tmp_path / "new"
    done: list[int] = []
    corpus = load_corpus("nsmc", data_folder=root, progress=lambda now, _: done.append(now))
    assert corpus.train.texts == ["좋다", "싫다"]
    assert [notice.count("fetched http") for notice in corpus.notices] == [1, 1]
    assert done == [len(FILE), len(FILE)]
    again = load_corpus("nsmc", data_folder=root)
    assert again.notices == ()
    assert again.fingerprint == corpus.fingerprint
    assert len(official.requests) == 2


def test_kosent_data_names_the_folder(
    official: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOSENT_DATA", str(tmp_path / "corpora"))
    assert fetch("nsmc") == tmp_path / "corpora" / "nsmc"
    assert load_corpus("nsmc", download=False).train.texts == ["좋다", "싫다"]


def test_fetch_keeps_what_is_right_and_gets_what_is_missing(
    official: WebServer, tmp_path: Path
) -> None:
    folder = fetch("nsmc", data_folder=tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES)
    (folder / NAMES[1]).unlink()
    fetch("nsmc", data_folder=tmp_path)
    assert len(official.requests) == 3
    assert (folder / NAMES[1]).read_bytes() == FILE


def test_fetch_leaves_a_file_of_the_users_own_alone(official: WebServer, tmp_path: Path) -> None:
    mine = tmp_path / "nsmc" / NAMES[0]
    mine.parent.mkdir()
    mine.write_bytes(FILE + b"3\t\xea\xb8\x80\t1\n")
    with pytest.raises(DataError, match="is not the official file; move it elsewhere"):
        fetch("nsmc", data_folder=tmp_path)
    assert mine.read_bytes().startswith(FILE)
    corpus = load_corpus("nsmc", data_folder=tmp_path)
    assert len(corpus.train) == 3
    assert "does not have the official checksum; it is used as it is" in corpus.notices[0]


@pytest.fixture
def github(official: WebServer, monkeypatch: pytest.MonkeyPatch) -> WebServer:
    """Let the local server also stand for GitHub; it has but the crawl, not the test split."""
    spec = CORPORA["nsmc-raw"]
    files = tuple(replace(file, url=official.url) for file in spec.files)
    monkeypatch.setitem(corpora.CORPORA, "nsmc-raw", replace(spec, files=files))
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        data = b'[{"review_id": "9", "rating": "10", "review": "good"}]'
        info = tarfile.TarInfo("nsmc-master/raw/1.json")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    official.data = buffer.getvalue()
    return official


def test_a_file_without_a_checksum_is_fetched_and_said_to_be_so(
    github: WebServer, tmp_path: Path
) -> None:
    folder = tmp_path / "nsmc"
    folder.mkdir()
    (folder / "ratings_test.txt").write_bytes(FILE)
    corpus = load_corpus("nsmc-raw", data_folder=tmp_path)
    assert corpus.train.texts == ["good"]
    came = f"{len(github.data):,} bytes, sha256 {hashlib.sha256(github.data).hexdigest()}"
    assert f"(no checksum is published to compare it with; received: {came})" in corpus.notices[0]
    again = load_corpus("nsmc-raw", data_folder=tmp_path)
    assert [notice for notice in again.notices if "nsmc-master" in notice] == []
    assert len(github.requests) == 1


def test_fetch_says_what_came(github: WebServer, tmp_path: Path) -> None:
    said: list[str] = []
    with pytest.raises(DownloadError, match="is not the official one"):  # the test split
        fetch("nsmc-raw", data_folder=tmp_path, notice=said.append)
    assert [path.name for path in (tmp_path / "nsmc").iterdir()] == ["nsmc-master.tar.gz"]
    assert "no checksum is published" in said[0]


def test_what_stands_in_for_a_file_is_not_fetched_again(github: WebServer, tmp_path: Path) -> None:
    table = tmp_path / "nsmc" / "raw_reviews.tsv.gz"
    table.parent.mkdir()
    table.write_bytes(b"mine")
    with pytest.raises(DownloadError):  # the test split
        fetch("nsmc-raw", data_folder=tmp_path)
    assert list(table.parent.iterdir()) == [table]
    assert table.read_bytes() == b"mine"


def test_a_failed_download_is_one_error(official: WebServer, tmp_path: Path) -> None:
    official.status = 404
    with pytest.raises(DownloadError, match="the server answered 404"):
        load_corpus("nsmc", data_folder=tmp_path)
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_fetch_of_the_corpus_in_the_package(tmp_path: Path) -> None:
    assert (fetch("sample", data_folder=tmp_path) / "train.tsv").is_file()
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"Did you mean 'nsmc'.*no file or folder of that name"):
        load_corpus("nmsc")
    with pytest.raises(UsageError, match="Did you mean 'imdb'"):
        fetch("imbd")


@pytest.mark.parametrize("path", ["none.csv", "./nsmc", "a/b", Path("nsmc"), "a\0.csv", "a" * 300])
def test_a_path_that_is_not_there(
    path: str | Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="cannot read"):
        load_corpus(path)


def test_a_bare_name_is_the_table_and_anything_else_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("sample", "mine"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "train.tsv").write_text("text\tlabel\n내 글\ta\n")
    assert len(load_corpus("sample").train) > 100
    for path in ("./sample", "sample/", str(tmp_path / "sample"), Path("sample"), "mine"):
        name = "mine" if path == "mine" else "sample"
        corpus = load_corpus(path)
        assert (corpus.name, corpus.train.texts) == (name, ["내 글"])


def test_load_tells_what_load_corpus_notes(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("말,뜻\n좋다,1\n,0\n싫다,0\n")
    listener = Noting(Silent())
    corpus = corpora.load(path, listener, text_column="말", label_column="뜻")
    assert corpus == load_corpus(path, text_column="말", label_column="뜻")
    assert listener.notices == list(corpus.notices)
    assert len(listener.notices) == 2


def test_columns_cannot_be_named_for_a_corpus_of_the_table() -> None:
    with pytest.raises(UsageError, match="those of 'sample' are fixed"):
        load_corpus("sample", text_column="document")


@pytest.mark.slow
def test_import_and_sample_are_light() -> None:
    program = (
        "import sys; from kosent.corpora import load_corpus; load_corpus('sample');"
        "heavy = {'pandas', 'requests', 'pyarrow', 'keras', 'tensorflow', 'sklearn', 'numpy',"
        " 'jpype', 'konlpy'};"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"
