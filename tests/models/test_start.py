"""The model that a classifier starts from: the packaged one, errors, and what is kept of it."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import kosent
from kosent import TextClassifier
from kosent.bundles.manifest import open_saved
from kosent.errors import BundleError, DataError, UsageError
from kosent.models.ensemble import Ensemble
from kosent.models.export import size_of
from kosent.models.pretrained import PACKAGED, packaged_path
from kosent.models.start import read_start
from kosent.models.trained import Trained
from kosent.text.tokenizers import Whitespace

Reviews = tuple[list[str], list[str]]

SEVERAL = Path(__file__).parents[1] / "golden/format-3-gru.kosent"  # blame, praise, short


def in_sets(labels: list[str]) -> list[list[str]]:
    """Return the reviews' labels under the names of that model: some texts have both, some none."""
    names = {"negative": "blame", "positive": "praise"}
    both = {5: ["blame", "praise"], 6: []}
    return [both.get(number % 8, [names[label]]) for number, label in enumerate(labels)]


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

    def test_it_learns_several_labels_a_text(self, reviews: Reviews, tmp_path: Path) -> None:
        texts, sets = reviews[0], in_sets(reviews[1])
        model = TextClassifier(start="pretrained", multilabel=True).fit(texts, sets)
        assert model.classes_.tolist() == ["blame", "praise"]
        assert model.evaluate(texts, sets).micro_f1 > 0.8
        assert model.predict_labels(["정말 훌륭한 작품", "하품만 나오는 쓰레기"]) == [
            ["praise"],
            ["blame"],
        ]
        assert model.trained_.load_weights is None  # int8 again
        expected = model.predict_proba(texts)
        for other in (
            pickle.loads(pickle.dumps(model)),  # noqa: S301
            TextClassifier.load(model.save(tmp_path / "model.kosent")),
        ):
            assert other.thresholds_ == model.thresholds_
            assert np.array_equal(other.predict_proba(texts), expected)
        back = TextClassifier(start=str(tmp_path / "model.kosent")).fit(*reviews)
        assert back.thresholds_ is None
        assert back.score(*reviews) > 0.9

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

    def test_weights_of_texts_and_labels_count(self) -> None:
        same, sets = [f"그냥 그렇다 {n}" for n in range(40)], [["a"], ["a", "b"], ["b"], []] * 10
        model = TextClassifier(start="pretrained", calibrate=False, multilabel=True)
        by_label = model.set_params(class_weight={"a": 9, "b": 1 / 9}).fit(same, sets)
        assert by_label.predict_proba(same).mean(axis=0) == pytest.approx([0.9, 0.1], abs=0.05)
        weight = [9.0 if "a" in each else 1.0 for each in sets]
        by_text = model.set_params(class_weight=None).fit(same, sets, weight)
        assert by_text.predict_proba(same).mean(axis=0) == pytest.approx([0.9, 0.5], abs=0.05)


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

    def test_answers_of_another_kind_are_not_kept(self) -> None:
        of_one = TextClassifier(start="pretrained", transfer="all", multilabel=True)
        of_several = TextClassifier(start=str(SEVERAL), transfer="all")
        for model, message in (
            (of_one, "gives one label a text"),
            (of_several, "gives several labels a text"),
        ):
            for keep in (None, 0.0):
                model.set_params(keep=keep).check()
            with pytest.raises(UsageError, match=message):
                model.set_params(keep=0.5).check()

    def test_a_label_has_its_own_sigmoid(self) -> None:
        given = {"start": str(SEVERAL), "multilabel": True}
        with pytest.raises(UsageError, match="leave out the option sigmoid"):
            TextClassifier(architecture_options={"sigmoid": True}, **given).check()
        TextClassifier(architecture_options={"sigmoid": False}, **given).check()


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


@pytest.mark.usefixtures("without_tracing")
class TestKeepingSeveralLabels:
    """The same where a text may have several labels."""

    @pytest.fixture(params=["float32", "int8"])
    def start(self, request: pytest.FixtureRequest, tmp_path: Path) -> str:
        model = TextClassifier.load(SEVERAL)
        if request.param == "int8":
            weights = model.trained_.weights()
            model.trained_ = Trained.of(model.trained_.design, weights, 3, int8=True)
        return str(model.save(tmp_path / "start.kosent"))

    def fitted(self, start: str, reviews: Reviews, **more: Any) -> TextClassifier:
        texts = reviews[0] + [f"배달이 늦었다 {number}" for number in range(20)]
        sets = in_sets(reviews[1]) + [["delivery", "blame"]] * 20
        given = {"epochs": 2, "batch_size": 16, "validation_fraction": 0.2, "calibrate": False}
        model = TextClassifier(
            start=start, transfer="all", multilabel=True, **given | {"learning_rate": 0.01} | more
        )
        return model.fit(texts, sets)

    def test_a_label_is_added_and_one_that_no_text_knows_stays(
        self, start: str, reviews: Reviews, tmp_path: Path
    ) -> None:
        model = self.fitted(start, reviews, calibrate=True)
        assert model.classes_.tolist() == ["blame", "delivery", "praise", "short"]
        about = model.info_["start"]
        assert (about["keep"], about["unmarked"]) == (1.0, ["short"])
        assert len(model.thresholds_ or []) == 4
        first = TextClassifier.load(start)
        assert (model.trained_.load_weights is None) == (first.trained_.load_weights is None)
        moved = model.predict_proba(reviews[0])[:, 3] - first.predict_proba(reviews[0])[:, 2]
        assert np.abs(moved).mean() < 0.15
        card = (model.save(tmp_path / "model") / "card.md").read_text("utf-8")
        assert "as their truth: short" in card

    def test_the_weight_holds_to_the_old_answers(self, start: str, reviews: Reviews) -> None:
        old = TextClassifier.load(start).predict_proba(reviews[0])
        moved = [
            np.abs(model.predict_proba(reviews[0])[:, [0, 2, 3]] - old).mean()
            for model in (self.fitted(start, reviews, keep=keep) for keep in (1e-9, 20.0))
        ]
        assert moved[1] < 0.8 * moved[0]

    def test_weights_and_smoothing_are_of_the_marks_alone(
        self, start: str, reviews: Reviews
    ) -> None:
        more = {"class_weight": "balanced", "label_smoothing": 0.1}
        losses = [
            self.fitted(start, reviews, epochs=1, **each).history_[0]["val_loss"]
            for each in ({}, more)
        ]
        assert np.isfinite(losses).all()
        assert losses[0] != losses[1]

    def test_labels_that_are_forgotten(self, start: str, reviews: Reviews) -> None:
        model = self.fitted(start, reviews, keep=0.0)
        assert model.classes_.tolist() == ["blame", "delivery", "praise"]
        assert "unmarked" not in model.info_["start"]
        texts, sets = reviews[0], [["x"], ["x", "y"], []] * 26 + [["y"], []]
        given = {"start": start, "transfer": "all", "multilabel": True, "epochs": 1}
        strange = TextClassifier(**given).fit(texts, sets)
        assert strange.info_["start"]["keep"] == 0.0
        beside = TextClassifier(**given, keep=1.0).fit(texts, sets)
        assert beside.classes_.tolist() == ["blame", "praise", "short", "x", "y"]
        assert beside.info_["start"]["unmarked"] == ["blame", "praise", "short"]

    def test_a_column_without_a_mark_is_a_no(self, start: str, reviews: Reviews) -> None:
        columns = pd.DataFrame({"short": 0, "praise": [1, 0] * 40})
        given = {"start": start, "transfer": "all", "multilabel": True, "epochs": 1}
        model = TextClassifier(**given).fit(reviews[0], columns)
        assert model.classes_.tolist() == ["short", "praise", "blame"]
        assert model.info_["start"]["unmarked"] == ["blame"]
        assert sum(model.held_.truth[:, 0]) == 0

    def test_one_label_is_enough_beside_those_of_the_start(
        self, start: str, reviews: Reviews
    ) -> None:
        given = {"start": start, "multilabel": True, "epochs": 1}
        sets = [["praise"], []] * 40
        model = TextClassifier(transfer="all", **given).fit(reviews[0], sets)
        assert model.classes_.tolist() == ["blame", "praise", "short"]
        with pytest.raises(DataError, match="only 1 label"):
            TextClassifier(**given).fit(reviews[0], sets)


@pytest.mark.usefixtures("without_tracing")
@pytest.mark.parametrize("multilabel", [False, True], ids=["one", "several"])
def test_a_training_goes_on_where_it_was_left(
    multilabel: bool, saved: Path, reviews: Reviews, tmp_path: Path
) -> None:
    """What is remembered is computed anew from the start: it stands in no checkpoint."""
    texts, labels = reviews[0], in_sets(reviews[1]) if multilabel else reviews[1]
    settings = {
        "start": str(SEVERAL if multilabel else saved),
        "transfer": "all",
        "multilabel": multilabel,
        "batch_size": 16,
        "validation_fraction": 0.2,
    }
    whole = TextClassifier(**settings, epochs=3).fit(texts, labels)
    TextClassifier(**settings, epochs=1).fit(texts, labels, run_folder=tmp_path / "run")
    resumed = TextClassifier(**settings, epochs=3)
    resumed.fit(texts, labels, run_folder=tmp_path / "run", resume=True)
    assert [each["epoch"] for each in resumed.history_] == [1, 2, 3]
    assert np.array_equal(resumed.predict_proba(texts), whole.predict_proba(texts))
    assert resumed.thresholds_ == whole.thresholds_


def test_the_facts_of_a_start(saved: Path) -> None:
    start = read_start(str(saved))
    assert start.name == saved.name
    assert start.labels == ["negative", "positive"]
    assert not start.multilabel
    assert start.parameters_for(2, multilabel=False)["architecture"] == "lstm"
