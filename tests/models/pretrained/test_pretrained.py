"""The model in the package: small, light, and what its card says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import kosent
from kosent.corpora import Corpus, load_corpus
from kosent.errors import BundleError
from kosent.models.pretrained import load_pretrained, pretrained_path

REVIEWS = {
    "재미있을 줄 알았는데 완전 실망했다. 너무 졸리고 돈이 아까웠다": "negative",
    "배우들 연기가 정말 좋고 마지막까지 눈을 뗄 수 없었어요 최고": "positive",
    "시간이 아깝다 이걸 왜 봤을까": "negative",
    "두 번 봐도 감동적인 영화 강추합니다 ㅎㅎ": "positive",
}
CARD = pretrained_path().with_name("README.md")


@pytest.fixture(scope="module")
def model() -> kosent.TextClassifier:
    return load_pretrained()


def test_it_is_small() -> None:
    assert pretrained_path().stat().st_size <= 5_000_000


def test_it_knows_reviews(model: kosent.TextClassifier) -> None:
    assert model.classes_.tolist() == ["negative", "positive"]
    assert model.predict(list(REVIEWS)).tolist() == list(REVIEWS.values())


def test_any_text(model: kosent.TextClassifier) -> None:
    found = model.predict_proba(["", " ", "\ud800\0", "가" * 10_000, "qwerty"])
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)


def test_it_can_only_predict(model: kosent.TextClassifier) -> None:
    with pytest.raises(BundleError, match="no weights to train on with"):
        _ = model.model_


LIGHT = """
import json, sys
import kosent
model = kosent.load_pretrained()
label = model.predict(["너무 지루하고 재미없다"])[0]
heavy = ("tensorflow", "keras", "jpype", "pandas", "sklearn", "scipy", "sentencepiece", "onnx")
json.dump([label, [name for name in heavy if name in sys.modules]], sys.stdout)
"""


@pytest.mark.slow
def test_it_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, check=True)
    assert json.loads(done.stdout) == ["negative", []]


@pytest.mark.slow
def test_predict_right_after_installing(tmp_path: Path) -> None:
    """In an empty folder, with nothing trained."""
    program = "import sys; from kosent_cli.main import main; sys.exit(main())"
    text = next(iter(REVIEWS))
    done = subprocess.run(
        [sys.executable, "-c", program, "predict", text],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("negative\t")
    assert "the packaged Korean model" in done.stderr
    assert list(tmp_path.iterdir()) == []


def card_figure(name: str) -> float:
    (found,) = re.findall(rf"\| {name} \| ([0-9.]+) \|", CARD.read_text("utf-8"))
    return float(found)


def nsmc() -> Corpus:
    folders = [os.environ.get("KOSENT_DATA"), Path(__file__).parents[4] / "shared" / "corpora"]
    for folder in filter(None, folders):
        if (Path(folder) / "nsmc" / "ratings_test.txt").exists():
            return load_corpus("nsmc", data_folder=Path(folder), download=False)
    pytest.skip("no local copy of NSMC: set KOSENT_DATA to the corpora folder")


def test_the_card_says_what_is_measured(model: kosent.TextClassifier) -> None:
    """On NSMC's test split, where it is there: the card's figures, digit for digit."""
    test = nsmc().split("test")
    report = model.evaluate(test.texts, test.labels)
    assert report.confidence is not None
    (surest,) = [point for point in report.confidence.coverage if point.coverage == 0.8]
    for name, measured in (
        ("NSMC test accuracy", report.accuracy),
        ("NSMC test, 보정 오차 / expected calibration error", report.confidence.ece),
        ("NSMC test, 확실한 80 %만 / the surest 80 %", surest.accuracy),
    ):
        assert round(measured, 4) == card_figure(name)


def test_the_card_says_what_the_model_says_of_itself(model: kosent.TextClassifier) -> None:
    assert f"| {pretrained_path().stat().st_size:,} bytes, int8 |" in CARD.read_text("utf-8")
    about = model.info_["int8"]
    assert card_figure("validation accuracy, int8") == round(about["accuracy_after"], 4)
    assert card_figure("validation accuracy, float32") == round(about["accuracy_before"], 4)
    assert model.info_["corpus"]["name"] == "nsmc-raw"
    assert model.info_["calibration"]["temperature"] > 0


def test_the_card_says_what_it_answers(model: kosent.TextClassifier) -> None:
    rows = re.findall(r"\| (.+) \| (negative|positive) ([0-9.]+) \|", CARD.read_text("utf-8"))
    assert len(rows) >= 3
    for text, label, share in rows:
        shares = model.predict_proba([text])[0]
        assert (model.classes_[shares.argmax()], f"{shares.max():.2f}") == (label, share)
