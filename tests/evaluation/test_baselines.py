"""What every rival has to do; a new one is held to it by its row."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from kosent.errors import RuntimeSetupError, UsageError
from kosent.evaluation.baselines import RIVALS, FastText, NbSvm, Rival

Reviews = tuple[list[str], list[str]]


@pytest.fixture(params=RIVALS)
def rival(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Rival:
    monkeypatch.setattr(FastText, "buckets", 10_000)  # 800 MB take 5 s to fill and to save
    made = RIVALS[request.param]()
    if find_spec(made.package) is None:
        pytest.skip(f"{made.package} is not installed: pip install 'kosent[bench]'")
    return made


@pytest.mark.slow
def test_it_learns(rival: Rival, reviews: Reviews, tmp_path: Path) -> None:
    texts, labels = reviews
    rival.fit(texts * 4, labels * 4)
    found = rival.predict(texts)
    assert sum(one == other for one, other in zip(found, labels, strict=True)) > 0.9 * len(texts)
    rival.save(tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) > 100


@pytest.mark.slow
def test_any_text(rival: Rival, reviews: Reviews) -> None:
    rival.fit(*reviews)
    found = rival.predict(["", "\ud800\n\n줄", "__label__0 속이기", "재밌다"])
    assert len(found) == 4
    assert set(found) <= set(reviews[1])


def test_titles_are_bilingual() -> None:
    for make in RIVALS.values():
        assert " / " in make().title


def test_nb_svm_weighs_by_the_log_count_ratio() -> None:
    rival = NbSvm()
    rival.fit(["가가", "가나", "나나"], ["n", "n", "p"])
    weight = dict(zip(rival.vectorizer.get_feature_names_out(), rival.ratio, strict=True))
    assert weight["가"] < 0 < weight["나나"]
    assert weight["나"] > 0  # once in each class, but the second holds fewer n-grams


def test_nb_svm_is_for_two_classes() -> None:
    with pytest.raises(UsageError, match="two labels only"):
        NbSvm().fit(["가", "나", "다"], ["n", "p", "q"])


def test_a_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kosent.support.packages.find_spec", lambda _: None)
    with pytest.raises(RuntimeSetupError, match=r"pip install 'kosent\[bench\]'"):
        RIVALS["fasttext"]().check()
