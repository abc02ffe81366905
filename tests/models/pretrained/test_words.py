"""The vectors in the package: small, light, and a start for labels of any kind."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import kosent
from kosent.models.pretrained import packaged_path
from kosent.models.transfer import features

PATH = packaged_path("words")
CARD = PATH.with_name("README.md")
TOPICS = {
    "경제": [
        "주가가 크게 올랐다",
        "은행이 금리를 내렸다",
        "수출이 줄어 걱정이다",
        "환율이 떨어졌다",
    ],
    "축구": [
        "공격수가 골을 넣었다",
        "감독이 선수를 바꿨다",
        "결승전에서 이겼다",
        "골키퍼가 막았다",
    ],
}


@pytest.fixture(scope="module")
def words() -> kosent.TextClassifier:
    return kosent.load(PATH)


def test_it_is_small() -> None:
    assert PATH.stat().st_size <= 5_500_000


def test_the_card_names_its_size() -> None:
    assert f"| {PATH.stat().st_size:,} bytes" in CARD.read_text("utf-8")


def test_it_names_whose_vectors_they_are(words: kosent.TextClassifier) -> None:
    about = words.info_["vectors"]
    assert "Apache-2.0" in about["licence"]
    assert about["package"] in CARD.read_text("utf-8")
    assert re.fullmatch("[0-9a-f]{64}", about["sha256"])


def test_words_that_mean_the_same_are_near(words: kosent.TextClassifier) -> None:
    """By the mean of both vectors, without what they have in common."""
    texts = ["의사", "병원", "간호사", "축구", "야구", "선수"]
    seen = features(words, texts)[:, :512]
    assert seen.shape == (6, 512)
    seen /= np.linalg.norm(seen, axis=1, keepdims=True)
    near = seen @ seen.T
    assert near[:3, :3].min() > near[:3, 3:].max()
    assert near[3:, 3:].min() > near[:3, 3:].max()


def test_unknown_text_is_nothing(words: kosent.TextClassifier) -> None:
    seen = features(words, ["", " ", "\ud800\0", "ሀሁሂ", "가" * 10_000])
    assert np.isfinite(seen).all()
    assert not seen[:2].any()
    assert not seen[3].any()


def test_a_classifier_starts_from_it(tmp_path: Path) -> None:
    """From four rows a label to a saved model that answers for words it has not seen."""
    texts = [text for rows in TOPICS.values() for text in rows]
    labels = [label for label, rows in TOPICS.items() for _ in rows]
    model = kosent.TextClassifier(start="words", transfer="head", validation_fraction=0.25)
    model.fit(texts, labels)
    asked = ["증권 시장이 무너졌다", "후반전에 동점이 되었다"]
    assert model.predict(asked).tolist() == list(TOPICS)
    path = model.save(tmp_path / "model.kosent")
    assert abs(path.stat().st_size - PATH.stat().st_size) < 50_000
    np.testing.assert_array_equal(
        kosent.load(path).predict_proba(asked), model.predict_proba(asked)
    )


LIGHT = """
import json, sys
import kosent
from kosent.models.pretrained import packaged_path
model = kosent.load(packaged_path("words"))
label = model.predict(["정말 재미있고 좋다"])[0]
heavy = ("tensorflow", "keras", "jpype", "pandas", "sklearn", "scipy", "kiwipiepy", "onnx")
json.dump([label, [name for name in heavy if name in sys.modules]], sys.stdout)
"""


@pytest.mark.slow
def test_it_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, check=True)
    assert json.loads(done.stdout) == ["positive", []]
