"""``kosent corpora``, without a network."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kosent.corpora import CORPORA
from kosent.corpora.spec import TASKS


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep corpora in an empty folder."""
    folder = tmp_path / "data"
    monkeypatch.setenv("KOSENT_DATA", str(folder))
    return folder


def put_nsmc(data: Path) -> None:
    (data / "nsmc").mkdir(parents=True)
    for name in ("ratings_train.txt", "ratings_test.txt"):
        text = "id\tdocument\tlabel\n1\t재밌다\t1\n2\t\t0\n3\t별로\t0\n"
        (data / "nsmc" / name).write_text(text, "utf-8")


def test_list(kosent: Callable[..., Any], data: Path) -> None:
    listed = {fact["name"]: fact for fact in kosent("corpora", "list", "--json").json}
    assert set(listed) == set(CORPORA)
    assert [name for name, fact in listed.items() if fact["present"]] == ["sample"]
    assert sum(listed["sample"]["rows"].values()) >= 1000
    assert not data.exists(), "looking makes no folder"
    lines = kosent("corpora", "list").out.splitlines()
    assert str(data) in lines[-1]
    groups = [line for line in lines if line.startswith("[")]
    assert groups == [f"[{TASKS[task]} / {task}]" for task in TASKS]
    table = [line for line in lines[1:-2] if line not in groups]
    assert [line.split()[0] for line in table] == list(CORPORA)
    assert [line.split()[0] for line in table if "×" not in line] == ["sample"]
    assert lines.index(groups[1]) == 2 + list(CORPORA).index("klue-ynat")
    (raw,) = [line for line in table if line.startswith("nsmc-raw")]
    assert raw.split()[2] == "-"  # how many there are is not stated


def test_show_what_is_absent(kosent: Callable[..., Any], data: Path) -> None:
    facts = kosent("corpora", "show", "nsmc", "--json").json
    assert "audit" not in facts
    assert facts["licence"] == CORPORA["nsmc"].licence
    (train, _) = facts["files"]
    assert train["checksum"] == "git-blob ac0dba272895dc1d0b3dd5f11afbeaeb7abe7876"
    assert not train["present"]
    text = kosent("corpora", "show", "nsmc").out
    for shown in ("14,628,807", str(data), "CC0", "150,000", train["url"]):
        assert shown in text


def test_show_what_a_corpus_is_for_and_what_its_licence_forbids(
    kosent: Callable[..., Any], data: Path
) -> None:
    facts = kosent("corpora", "show", "unsmile", "--json").json
    assert (facts["task"], facts["metric"]) == ("hate speech", "macro_f1")
    assert facts["labels"] == list(CORPORA["unsmile"].labels)
    assert facts["forbidden"][0] == "commercial use"
    assert facts["forbidden"][1].startswith("distribution of derivatives")
    text = kosent("corpora", "show", "unsmile").out
    for shown in ("혐오 표현 / hate speech", "매크로 F1", "성소수자", "상업적 이용", "derivatives"):
        assert shown in text
    free = kosent("corpora", "show", "kmhas")
    assert "forbidden" not in free.out
    assert re.search(r"rows valid +8,776 \(쓰지 않음 / not used\)", free.out)


def test_show_what_is_present(kosent: Callable[..., Any], data: Path) -> None:
    put_nsmc(data)
    outcome = kosent("corpora", "show", "nsmc", "--json")
    account = {"read": 3, "kept": 2, "dropped": {"empty text": 1}}
    assert outcome.json["audit"] == {"train": account, "test": account}
    assert "official checksum" in outcome.err
    assert "read 3, kept 2, dropped empty text 1" in kosent("corpora", "show", "nsmc").out


def test_show_a_file_that_has_another_form(kosent: Callable[..., Any], data: Path) -> None:
    crawl = kosent("corpora", "show", "nsmc-raw", "--json").json["files"][0]
    assert (crawl["checksum"], crawl["size"], crawl["present"]) == (None, None, False)
    assert crawl["path"].endswith("nsmc-master.tar.gz")
    (data / "nsmc").mkdir(parents=True)
    (data / "nsmc" / "raw_reviews.tsv.gz").touch()
    crawl = kosent("corpora", "show", "nsmc-raw", "--json").json["files"][0]
    assert crawl["path"].endswith("raw_reviews.tsv.gz")
    assert crawl["present"]
    assert "체크섬 / checksum -" in re.sub(" +", " ", kosent("corpora", "show", "nsmc-raw").out)


def test_fetch(kosent: Callable[..., Any], data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch_file(file: Any, path: Path, progress: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        progress(5, 10)
        progress(10, 10)

    monkeypatch.setattr("kosent.corpora.fetch_file", fetch_file)
    outcome = kosent("corpora", "fetch", "nsmc")
    assert (outcome.code, outcome.out) == (0, f"{data / 'nsmc'}\n")
    assert outcome.err.count("내려받기") == 2  # one line a file
    assert outcome.err.count("licence: CC0 1.0") == 2
    outcome = kosent("corpora", "fetch", "unsmile")
    assert outcome.code == 0
    assert outcome.err.index("forbids: commercial use") < outcome.err.index("내려받기")
    assert outcome.err.count("licence: CC BY-NC-ND 4.0") == 2


def test_fetch_leaves_other_peoples_files_alone(refused: Callable[..., str], data: Path) -> None:
    put_nsmc(data)
    assert "not the official file" in refused(3, "corpora", "fetch", "nsmc")


def test_fetch_without_a_network(
    refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import requests

    def get(*args: Any, **kwargs: Any) -> None:
        raise requests.ConnectionError("no network")

    monkeypatch.setattr(requests, "get", get)
    assert "could not download" in refused(6, "corpora", "fetch", "nsmc")
    assert "could not download" in refused(6, "train", "--corpus", "nsmc")


@pytest.mark.parametrize("command", ["show", "fetch"])
def test_unknown_names(command: str, refused: Callable[..., str]) -> None:
    assert "Did you mean 'nsmc'?" in refused(2, "corpora", command, "nscm")
