"""The model that a classifier starts from: the packaged one, errors, and what is kept of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kosent
from kosent import TextClassifier
from kosent.bundles.manifest import open_saved
from kosent.errors import BundleError, DataError, UsageError
from kosent.models.ensemble import Ensemble
from kosent.models.export import size_of
from kosent.models.pretrained import PACKAGED, packaged_path
from kosent.models.start import read_start
from kosent.text.tokenizers import Whitespace

Reviews = tuple[list[str], list[str]]


@pytest.fixture(scope="module")
def model(reviews: Reviews) -> TextClassifier:
    """Return a classifier that starts from the packaged model, with labels of its own."""
    labels = [{"positive": "좋음", "negative": "나쁨"}[each] for each in reviews[1]]
    return TextClassifier(start="pretrained").fit(reviews[0], labels)


class TestThePackagedModel:
    def test_a_name_is_a_file(self) -> None:
        assert all(packaged_path(name).is_file() for name in PACKAGED)

    def test_it_learns_from_a_few_texts(self, model: TextClassifier) -> None:
        assert model.classes_.tolist() == ["나쁨", "좋음"]
        assert model.predict(["정말 훌륭한 작품", "하품만 나오는 쓰레기"]).tolist() == [
            "좋음",
            "나쁨",
        ]

    def test_it_says_where_it_comes_from(self, model: TextClassifier, tmp_path: Path) -> None:
        with open_saved(packaged_path("pretrained")) as saved:
            checksum = saved.sha256
        about = model.info_["start"]
        assert (about["name"], about["sha256"], about["transfer"]) == (
            "pretrained",
            checksum,
            "head",
        )
        assert f"`pretrained`, manifest.json SHA-256 `{checksum}`" in (
            model.save(tmp_path / "model") / "card.md"
        ).read_text("utf-8")

    def test_it_is_int8_again(self, model: TextClassifier, tmp_path: Path) -> None:
        assert model.trained_.load_weights is None
        saved = model.save(tmp_path / "model.kosent")
        assert size_of(saved) < size_of(packaged_path("pretrained")) + 10_000
        first, now = kosent.load_pretrained().trained_.weights(), model.trained_.weights()
        for path in first.keys() - {"probabilities/kernel", "probabilities/bias"}:
            np.testing.assert_allclose(now[path], first[path], rtol=1e-6)
        again = TextClassifier(start=str(saved)).fit(list("가나다라"), list("abab"))
        assert again.info_["start"]["name"] == "model.kosent"

    def test_weights_of_texts_and_classes_count(self, reviews: Reviews) -> None:
        texts, labels = reviews
        wrong = ["negative"] * len(texts)
        mixed = labels + wrong
        weight = [1.0] * len(texts) + [1e-3] * len(texts)
        model = TextClassifier(start="pretrained", calibrate=False)
        model.fit(texts * 2, mixed, sample_weight=weight)
        assert model.score(texts, labels) > 0.9
        same, either = [f"그냥 그렇다 {n}" for n in range(40)], ["negative", "positive"] * 20
        shares = [
            TextClassifier(start="pretrained", calibrate=False, class_weight=each)
            .fit(same, either)
            .predict_proba(same)[:, 1]
            .mean()
            for each in ({"negative": 9, "positive": 1}, {"negative": 1, "positive": 9})
        ]
        assert shares[0] < 0.3
        assert shares[1] > 0.7


class TestErrors:
    def test_what_the_start_decides_may_not_be_named(self) -> None:
        for name, value in (
            ("tokenizer", "whitespace"),
            ("architecture", "lstm"),
            ("architecture_options", {"units": 7}),
            ("cleaning", "english"),
            ("vocabulary_size", 99),
            ("tokenizer_options", {"edges": False}),
        ):
            with pytest.raises(UsageError, match=f"^{name} .*'pretrained'") as caught:
                TextClassifier(start="pretrained", **{name: value}).check()
            assert repr(value) in str(caught.value)
        with pytest.raises(UsageError, match="tokenizer"):
            TextClassifier(start="pretrained", tokenizer=Whitespace()).check()

    def test_what_is_equal_may(self) -> None:
        TextClassifier(
            "ngram_gru",
            start="pretrained",
            tokenizer="character",
            tokenizer_options={"edges": True},
            architecture_options={"units": 48, "score_size": 1},
        ).check()

    def test_what_is_no_model(self, tmp_path: Path) -> None:
        with pytest.raises(BundleError, match="not a kosent bundle"):
            TextClassifier(start=str(tmp_path / "none")).check()

    def test_an_ensemble(self, trained: TextClassifier, reviews: Reviews, tmp_path: Path) -> None:
        path = Ensemble([trained, trained]).fit(*reviews).save(tmp_path / "two.kosent")
        with pytest.raises(UsageError, match="is an ensemble; name a single model"):
            TextClassifier(start=str(path)).check()

    def test_what_goes_with_a_start_only(self) -> None:
        with pytest.raises(UsageError, match="needs a model to start from"):
            TextClassifier(transfer="all").check()
        with pytest.raises(UsageError, match="keep goes with transfer='all' only"):
            TextClassifier(start="pretrained", keep=1.0).check()


class TestKeeping:
    """What stays of the old labels where all weights are learned on."""

    def quick(self, saved: Path, **more: Any) -> TextClassifier:
        given = {"epochs": 1, "batch_size": 16, "validation_fraction": 0.2, **more}
        return TextClassifier(start=str(saved), transfer="all", **given)

    @pytest.mark.usefixtures("without_tracing")
    def test_a_label_is_added_and_one_that_is_missing_stays(
        self, saved: Path, reviews: Reviews
    ) -> None:
        praised = [text for text, label in zip(*reviews, strict=True) if label == "positive"]
        texts = praised[:20] + [f"배달 {number}" for number in range(20)]
        labels = ["positive"] * 20 + ["delivery"] * 20
        model = self.quick(saved).fit(texts, labels)
        assert model.classes_.tolist() == ["delivery", "negative", "positive"]
        assert model.info_["start"]["keep"] == 1.0
        before, after = kosent.load(saved), model
        blamed = [text for text, label in zip(*reviews, strict=True) if label == "negative"]
        old = before.predict_proba(blamed)[:, 0]
        now = after.predict_proba(blamed)
        assert np.abs(now[:, 1] / (now[:, 1] + now[:, 2]) - old).mean() < 0.25

    @pytest.mark.usefixtures("without_tracing")
    def test_other_labels_are_a_task_of_their_own(self, saved: Path, reviews: Reviews) -> None:
        model = self.quick(saved).fit(reviews[0], ["a", "b"] * 40)
        assert model.classes_.tolist() == ["a", "b"]
        assert model.info_["start"]["keep"] == 0.0

    def test_nothing_to_keep_to(self, saved: Path, reviews: Reviews) -> None:
        with pytest.raises(UsageError, match="none of the labels of the model to start from"):
            self.quick(saved, keep=1.0).fit(reviews[0], ["a", "b"] * 40)

    def test_texts_and_labels_as_ever(self, saved: Path) -> None:
        with pytest.raises(DataError, match="only 1 class"):
            self.quick(saved, keep=0.0).fit(["좋다"] * 9, ["positive"] * 9)


def test_the_facts_of_a_start(saved: Path) -> None:
    start = read_start(str(saved))
    assert start.name == saved.name
    assert start.labels == ["negative", "positive"]
    assert not start.multilabel
    assert start.parameters_for(2, multilabel=False)["architecture"] == "lstm"
