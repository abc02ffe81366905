from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kosent.corpora import CORPORA, load_corpus
from kosent.corpora.spec import RemoteFile, github_file

SAMPLES = Path(__file__).parent / "builtin" / "samples"
NON_COMMERCIAL = "commercial use"
NO_DERIVATIVES = "distribution of derivatives (do not pass on a model that learned from it either)"


@pytest.mark.parametrize(
    ("licence", "forbidden"),
    [
        ("CC BY-NC-ND 4.0", [NON_COMMERCIAL, NO_DERIVATIVES]),
        ("CC BY-ND 4.0", [NO_DERIVATIVES]),
        ("CC BY-NC-SA 3.0", [NON_COMMERCIAL]),
        ("Apache-2.0; sentences of another: CC BY-NC 4.0", [NON_COMMERCIAL]),
        ("CC BY-SA 4.0", []),
        ("CC BY 4.0", []),
        ("CC0 1.0", []),
        ("MIT", []),
        ("NCSA", []),
    ],
)
def test_what_a_licence_forbids(licence: str, forbidden: list[str]) -> None:
    spec = replace(CORPORA["steam"], licence=licence)
    assert [each.english for each in spec.forbidden] == forbidden
    assert len(list(spec.remarks())) == len(forbidden)


def test_who_loads_a_corpus_is_told_what_is_forbidden_and_what_is_left_aside() -> None:
    notices = load_corpus("unsmile", data_folder=SAMPLES, download=False).notices
    assert notices[0].endswith("the licence of 'unsmile' (CC BY-NC-ND 4.0) forbids: commercial use")
    assert notices[1].endswith(
        f"the licence of 'unsmile' (CC BY-NC-ND 4.0) forbids: {NO_DERIVATIVES}"
    )
    notices = load_corpus("kobest-sentineg", data_folder=SAMPLES, download=False).notices
    assert notices[0].endswith("dev split of 'kobest-sentineg' (400 rows) is not used")


def test_a_file_of_a_repository_is_named_by_its_blob() -> None:
    assert github_file("mine/a.csv", "owner/name/main", "data/a.csv", "0" * 40) == RemoteFile(
        path="mine/a.csv",
        url="https://raw.githubusercontent.com/owner/name/main/data/a.csv",
        size=None,
        algorithm="git-blob",
        checksum="0" * 40,
    )
