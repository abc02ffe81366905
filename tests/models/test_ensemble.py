"""An ensemble answers as its members do together, and the same after it was saved."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import copy
from pathlib import Path

import numpy as np
import pytest

import kosent
from kosent import TextClassifier
from kosent.errors import BundleError, DataError, UsageError
from kosent.models.ensemble import Ensemble
from kosent.text.encoding.encoder import TextEncoder

GOLDEN = Path(__file__).parents[1] / "golden"
MEMBERS = ("format-1-lstm", "format-2-hybrid.kosent", "format-2-cnn_bilstm.kosent")
TEXTS = ["영화가 정말 재밌다", "돈이 아깝다", "", "뷁", "음악이 최고입니다 👍"]

Reviews = tuple[list[str], list[str]]


@pytest.fixture(scope="module")
def members() -> list[TextClassifier]:
    return [TextClassifier.load(GOLDEN / name) for name in MEMBERS]


@pytest.fixture(scope="module")
def ensemble(members: list[TextClassifier], reviews: Reviews) -> Ensemble:
    return Ensemble(members).fit(*reviews)


def test_the_scores_of_the_members_are_added(
    ensemble: Ensemble, members: list[TextClassifier]
) -> None:
    scores = np.array(ensemble.bias_) + sum(
        weight * np.log(member.predict_proba(TEXTS).astype(float))
        for weight, member in zip(ensemble.weights_, members, strict=True)
    )
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(ensemble.predict_proba(TEXTS), shares, atol=1e-6)
    assert ensemble.classes_.tolist() == ["negative", "positive"]
    assert ensemble.predict(TEXTS[:2]).tolist() == ["positive", "negative"]
    assert min(ensemble.weights_) >= 0


def test_classes_that_all_members_weigh_more_count_more(members: list[TextClassifier]) -> None:
    """Else the biases would bring back how frequent the classes are."""
    texts = [f"{word} {number}" for number in range(60) for word in ("재밌다", "아깝다")]
    labels = ["positive" if number % 8 else "negative" for number in range(120)]

    def bias(*weights: object) -> float:
        weighed = [copy(member) for member in members]
        for member, weight in zip(weighed, weights, strict=True):
            member.class_weight = weight
        negative, positive = Ensemble(weighed).fit(texts, labels).bias_
        return positive - negative

    plain = bias(None, None, None)
    assert plain > 0.5
    assert bias("balanced", "balanced", "balanced") < plain - 0.5
    assert bias("balanced", None, "balanced") == plain
    heavy = {"negative": 7.0, "positive": 1.0}
    assert bias(heavy, heavy, heavy) == pytest.approx(bias(*["balanced"] * 3), abs=0.1)


def test_what_it_says_of_itself(ensemble: Ensemble, reviews: Reviews) -> None:
    info = ensemble.info_
    assert info["validation"] == ensemble.validation_.to_dict()
    assert ensemble.validation_ == ensemble.evaluate(*reviews)
    assert info["rows"] == {"validation": 80}
    assert info["weighting"]["weights"] == ensemble.weights_
    assert info["weighting"]["loss_after"] < info["weighting"]["loss_before"]
    assert [member["architecture"] for member in info["members"]] == [
        *("lstm", "hybrid", "cnn_bilstm"),
    ]
    expected = "Ensemble(3 models: lstm, hybrid, cnn_bilstm; {})"
    assert repr(ensemble) == expected.format(["negative", "positive"])
    assert repr(Ensemble(ensemble.members)) == expected.format("not fitted")
    for about, member in zip(info["members"], ensemble.members_, strict=True):
        assert about["validation"]["accuracy"] == member.score(*reviews)


def test_a_text_gets_the_same_alone_and_among_others(ensemble: Ensemble, reviews: Reviews) -> None:
    texts = reviews[0] * 60  # 4,800: more than one part
    together = ensemble.predict_proba(texts)
    assert len(together) == len(texts)
    for row in (0, 79, 4100):
        alone = ensemble.predict_proba([texts[row]])[0]
        np.testing.assert_allclose(alone, together[row], atol=1e-5)
    assert ensemble.predict_proba([]).shape == (0, 2)


def test_a_stream_is_taken_some_parts_at_a_time(ensemble: Ensemble) -> None:
    taken = 0

    def endless() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield "영화가 정말 재밌다"

    stream = ensemble.predict_stream(endless())
    for number in range(1, 6):
        assert next(stream).shape == (4096, 2)
        assert taken <= (number + 3) * 4096
    stream.close()


def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Count the texts that any encoder encodes from now on."""
    encoded = 0
    encode = TextEncoder.encode_noted

    def counting(self: TextEncoder, texts: list[str]) -> object:
        nonlocal encoded
        encoded += len(texts)
        return encode(self, texts)

    monkeypatch.setattr(TextEncoder, "encode_noted", counting)
    return lambda: encoded


def test_members_with_the_same_encoder_share_the_ids(
    reviews: Reviews, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it was loaded twice, and only those of the same files."""
    twice = [TextClassifier.load(GOLDEN / MEMBERS[1]) for _ in range(2)]
    other = TextClassifier.load(GOLDEN / MEMBERS[0])
    ensemble = Ensemble([twice[0], other, twice[1]]).fit(*reviews)
    count = counted(monkeypatch)
    found = ensemble.predict_proba(TEXTS)
    assert count() == 2 * len(TEXTS)
    monkeypatch.undo()
    one, two = twice[0].predict_proba(TEXTS), other.predict_proba(TEXTS)
    np.testing.assert_array_equal(one, twice[1].predict_proba(TEXTS))
    weights = ensemble.weights_
    scores = (weights[0] + weights[2]) * np.log(one) + weights[1] * np.log(two)
    scores += ensemble.bias_
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, shares, atol=1e-6)


def test_a_member_without_weight_is_not_asked(
    members: list[TextClassifier], reviews: Reviews, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensemble = Ensemble(members).fit(*reviews)
    ensemble.weights_ = [0.0, 1.0, 0.0]
    ensemble.bias_ = [0.0, 0.0]
    count = counted(monkeypatch)
    found = ensemble.predict_proba(TEXTS)
    assert count() == len(TEXTS)
    monkeypatch.undo()
    np.testing.assert_allclose(found, members[1].predict_proba(TEXTS), atol=1e-6)
    ensemble.weights_ = [0.0, 0.0, 0.0]  # all of them are worthless
    np.testing.assert_allclose(ensemble.predict_proba(TEXTS), 0.5)


LOADING = """
import json, sys
import kosent
paths, texts = json.load(sys.stdin)
found = [kosent.load(path).predict_proba(texts).tolist() for path in paths]
heavy = ("tensorflow", "keras", "pandas", "sklearn", "scipy", "jpype", "safetensors", "onnx")
json.dump([found, [name for name in heavy if name in sys.modules]], sys.stdout)
"""


@pytest.mark.slow
def test_a_fresh_process_gives_the_same(ensemble: Ensemble, tmp_path: Path) -> None:
    paths = [str(ensemble.save(tmp_path / name)) for name in ("folder", "one.kosent")]
    ended = subprocess.run(
        [sys.executable, "-c", LOADING],
        input=json.dumps([paths, TEXTS]),
        capture_output=True,
        text=True,
        check=True,
    )
    found, heavy = json.loads(ended.stdout)
    assert heavy == []
    for each in found:
        np.testing.assert_allclose(np.array(each), ensemble.predict_proba(TEXTS), atol=1e-5)


def test_saving_again_gives_the_same_bytes(ensemble: Ensemble, tmp_path: Path) -> None:
    path = ensemble.save(tmp_path / "one.kosent")
    loaded = kosent.load(path)
    assert isinstance(loaded, Ensemble)
    assert loaded.save(tmp_path / "two.kosent").read_bytes() == path.read_bytes()
    assert "앙상블 카드" in (ensemble.save(tmp_path / "folder") / "card.md").read_text("utf-8")
    for one, two in zip(loaded.members_, ensemble.members_, strict=True):
        weights = two.trained_.load_weights()
        assert weights.keys() == one.trained_.load_weights().keys()


def test_only_a_saved_model_is_replaced(ensemble: Ensemble, tmp_path: Path) -> None:
    path = ensemble.members_[0].save(tmp_path / "model.kosent")
    with pytest.raises(UsageError, match="exists already"):
        ensemble.save(path)
    ensemble.save(path, overwrite=True)
    ensemble.members_[0].save(path, overwrite=True)
    assert isinstance(kosent.load(path), TextClassifier)


def test_the_wrong_way_to_load_says_the_right_one(ensemble: Ensemble, tmp_path: Path) -> None:
    path = ensemble.save(tmp_path / "one.kosent")
    with pytest.raises(BundleError, match=r"앙상블.*an ensemble of several models; kosent\.load"):
        TextClassifier.load(path)
    with pytest.raises(BundleError, match=r"a single model and no ensemble; kosent\.load"):
        Ensemble.load(GOLDEN / MEMBERS[0])


def test_what_cannot_be_combined(members: list[TextClassifier], reviews: Reviews) -> None:
    numbers = TextClassifier.load(GOLDEN / "format-2-gru")  # its labels are 0 and 1
    for wrong, said in (
        ([*members, numbers], "different labels"),
        (members[:1], "takes 2 to 64 models"),
        (members * 22, "takes 2 to 64 models"),
        ([*members, TextClassifier()], "not fitted"),
    ):
        with pytest.raises(UsageError, match=said):
            Ensemble(wrong).fit(*reviews)
    with pytest.raises(DataError, match="not trained on: 'neutral'"):
        Ensemble(members).fit(["글"], ["neutral"])
    with pytest.raises(DataError, match="no rows"):
        Ensemble(members).fit([], [])
    with pytest.raises(UsageError, match="not fitted"):
        Ensemble(members).predict(["글"])
