from __future__ import annotations

from pathlib import Path

import pytest

from kosent.corpora import CORPORA, load_corpus


def test_the_sample_needs_neither_network_nor_data_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KOSENT_DATA", str(tmp_path / "nowhere"))
    corpus = load_corpus("sample", download=False)
    assert corpus.test is not None
    assert (corpus.name, corpus.language) == ("sample", "ko")
    assert corpus.notices == ()
    assert {"train": len(corpus.train), "test": len(corpus.test)} == CORPORA["sample"].rows
    corpus.check_trainable()


def test_both_splits_are_balanced_and_share_no_text() -> None:
    corpus = load_corpus("sample")
    assert corpus.test is not None
    assert not set(corpus.train.texts) & set(corpus.test.texts)
    for split in (corpus.train, corpus.test):
        share = split.labels.count("positive") / len(split)
        assert 0.4 < share < 0.6
