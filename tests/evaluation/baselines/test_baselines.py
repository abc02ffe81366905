"""What every rival has to do; a new one is held to it by its row."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from kosent.errors import RuntimeSetupError, UsageError
from kosent.evaluation.baselines import (
    RIVALS,
    FastText,
    FastTextAutotune,
    Model2Vec,
    NbSvm,
    Rival,
)

Reviews = tuple[list[str], list[str]]


@pytest.fixture(params=RIVALS)
def rival(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Rival:
    monkeypatch.setattr(FastText, "buckets", 10_000)  # 800 MB take 5 s to fill and to save
    made = RIVALS[request.param]()
    monkeypatch.setattr(FastTextAutotune, "duration", 2)
    if request.param == "model2vec":
        pytest.skip("its weights are not there; see test_model2vec")
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
    names = rival.vectorizer.get_feature_names_out()
    weight = dict(zip(names, rival.ratios[0], strict=True))
    assert weight["가"] < 0 < weight["나나"]
    assert weight["나"] > 0  # once in each class, but the second holds fewer n-grams


def three(rows: int) -> Reviews:
    texts = [f"{word} 글 {row}" for row in range(rows) for word in ("좋은", "나쁜", "이상한")]
    return texts, ["p", "n", "q"] * rows


@pytest.mark.slow
def test_more_than_two_classes(rival: Rival) -> None:
    texts, labels = three(40)
    rival.fit(texts, labels)
    answers = rival.answers(["좋은 글", "나쁜 글", "이상한 글"])
    assert answers.labels == ["p", "n", "q"]
    if answers.confidences is not None:
        assert ((answers.confidences > 1 / 3) & (answers.confidences <= 1)).all()


@pytest.mark.slow
def test_a_seed_makes_a_model(rival: Rival, reviews: Reviews) -> None:
    if isinstance(rival, FastTextAutotune):
        pytest.skip("its search ends by the clock")
    found = []
    for seed in (0, 0, 1):
        rival.fit(*reviews, seed)
        sure = rival.answers(reviews[0]).confidences
        found.append(None if sure is None else sure.tolist())
    assert found[0] == found[1]
    assert rival.seeded == (found[0] != found[2])


def test_settings_are_json(rival: Rival) -> None:
    assert json.loads(json.dumps(rival.settings())) == rival.settings()
    assert rival.version().startswith(rival.distribution)


def test_model2vec_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--model2vec DIR"):
        Model2Vec().check()
    with pytest.raises(UsageError, match=r"there is no model\.safetensors"):
        Model2Vec(tmp_path).check()
    (tmp_path / "model.safetensors").write_bytes(b"")
    if find_spec("model2vec") is None:
        with pytest.raises(RuntimeSetupError, match="pip install model2vec"):
            Model2Vec(tmp_path).check()


@pytest.mark.slow
def test_model2vec(tmp_path: Path) -> None:
    model2vec = pytest.importorskip("model2vec", reason="model2vec is not installed")
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    from tokenizers import Tokenizer

    texts, labels = three(40)
    words = ["[UNK]", "[PAD]", *sorted({word for text in texts for word in text.split()})]
    tokenizer = Tokenizer(WordLevel({word: n for n, word in enumerate(words)}, "[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    vectors = np.random.default_rng(0).normal(size=(len(words), 16)).astype(np.float32)
    model2vec.StaticModel(vectors, tokenizer).save_pretrained(tmp_path)
    rival = Model2Vec(tmp_path)
    rival.check()
    rival.fit(texts, labels)
    assert rival.predict(["좋은 글", "나쁜 글", "이상한 글", "\ud800"])[:3] == ["p", "n", "q"]
    rival.save(tmp_path)
    assert json.loads(json.dumps(rival.settings()))["class_weight"] == "balanced"


def test_a_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kosent.support.packages.find_spec", lambda _: None)
    with pytest.raises(RuntimeSetupError, match=r"pip install 'kosent\[bench\]'"):
        RIVALS["fasttext"]().check()
