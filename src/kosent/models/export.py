"""A saved model written anew: in one file, in today's format, or reduced to int8."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kosent import corpora
from kosent.bundles.model import prediction_only
from kosent.bundles.writing import check_target
from kosent.corpora import CORPORA, Split
from kosent.errors import UsageError
from kosent.metrics.multilabel import MultilabelReport
from kosent.models.classifier import TextClassifier
from kosent.models.ensemble import Ensemble
from kosent.models.loading import load
from kosent.models.settings import labels_as_learned, split_of
from kosent.models.trained import Trained, write_onnx
from kosent.prediction.network import Network
from kosent.support.paths import user_path
from kosent.support.progress import Listener, Silent
from kosent.training.splits import held_out

Model = TextClassifier | Ensemble

INT8_LOSS = 0.002  # of validation accuracy, at most, unless the user says otherwise


@dataclass(frozen=True, slots=True)
class Export:
    """What was written.

    Attributes:
        path: The new bundle.
        size: Its bytes.
        rows: Texts that the two accuracies were measured on; 0 where nothing was reduced.
        before: Accuracy of the original on them, weighted by class where its training was; of
            several labels a text the share of texts of which all are right.
        after: That of the reduced model.
    """

    path: Path
    size: int
    rows: int = 0
    before: float = 0.0
    after: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        figures = {"rows": self.rows, "accuracy_before": self.before, "accuracy_after": self.after}
        return {"path": str(self.path), "bytes": self.size} | (figures if self.rows else {})


def export_bundle(
    source: str | Path,
    target: str | Path,
    *,
    int8: bool = False,
    largest_loss: float = INT8_LOSS,
    corpus: str | None = None,
    learned: Split | None = None,
    overwrite: bool = False,
    listener: Listener | None = None,
) -> Export:
    """Write a saved model anew.

    ``model.onnx`` is written from the weights again, those of a model in int8 being what it
    computes with. Reduced to int8 the model takes a quarter of the space and can only predict. Of
    an ensemble all members are; its weights stay as they are.

    Args:
        source: A bundle.
        target: Folder to write, or one file when the name ends in ``.kosent``.
        int8: Reduce the weights to int8, with a scale for each row.
        largest_loss: Accuracy on the validation split that this may cost, from 0 to 1.
        corpus: Name or path of the corpus that the model learned from; its validation split is
            cut off again as in training. Of any other corpus the test split is taken, or all.
        learned: The training split itself that the model learned from, where it is at hand; then
            no corpus is read.
        overwrite: Replace a bundle that is there.
        listener: Receives progress events.

    Raises:
        BundleError: If ``source`` is no usable bundle, or has no weights to reduce.
        UsageError: If ``target`` may not be replaced, the corpus is not known, or int8 would cost
            more accuracy than allowed; nothing is written then.
        DataError: If the corpus cannot be used.
        RuntimeSetupError: If the disk refuses.
    """
    listener = listener or Silent()
    target = user_path(target)
    check_target(target, overwrite=overwrite)
    listener.stage("load", None)
    original = load(source)
    model = _anew(original, int8)
    exported = Export(target, 0)
    if int8:
        if learned is None:
            texts, labels = _validation(original, corpus, listener)
        else:
            texts, labels = held_out(learned, original.classes_, _split_of(original))
        listener.stage("test", None)
        before, after = (_accuracy(each, texts, labels) for each in (original, model))
        exported = replace(exported, rows=len(texts), before=before, after=after)
        _check_loss(exported, largest_loss)
        model.info_ = model.info_ | {"int8": exported.to_dict() | {"path": None, "bytes": None}}
    model.save(target, overwrite=overwrite)
    return replace(exported, size=size_of(target))


def _anew(model: Model, int8: bool) -> Model:
    """Return a model whose ONNX form is written from its weights again; those of all members.

    Raises:
        BundleError: If there is nothing to reduce to int8, since nothing of it has weights.
    """
    members = model.members_ if isinstance(model, Ensemble) else [model]
    if int8 and all(member.trained_.load_weights is None for member in members):
        raise prediction_only()
    if isinstance(model, Ensemble):
        return model.with_members([_rewritten(member, int8) for member in model.members_])
    return _rewritten(model, int8)


def _rewritten(model: TextClassifier, int8: bool) -> TextClassifier:
    weights, design = model.trained_.weights(), model.trained_.design
    classes = len(model.classes_)
    int8 = int8 or model.trained_.load_weights is None
    network = Network(write_onnx(design, weights, classes, int8=int8), classes)
    written = copy(model)
    written.trained_ = Trained(design, network, None if int8 else model.trained_.load_weights)
    return written


def _split_of(model: Model) -> dict[str, Any]:
    """Return the settings that its validation split was cut off by."""
    if isinstance(model, TextClassifier):
        return split_of(model.info_)
    split: dict[str, Any] = model.info_.get("split", {})
    return split


def size_of(path: Path) -> int:
    """Return the bytes of a bundle."""
    return sum(each.stat().st_size for each in ([path] if path.is_file() else path.iterdir()))


def _accuracy(model: Model, texts: list[str], labels: Any) -> float:
    """Return the accuracy, the rows weighted by class as they were in training.

    With weights the border lies where it is best for them. A shift by a rounding that is nothing
    to them moves the plain accuracy of classes of unequal size: of a linear model of the raw crawl
    behind NSMC by 0.0021, the weighted one by 0.0004.
    """
    report = model.evaluate(texts, labels)
    weight = model.class_weight if isinstance(model, TextClassifier) else None
    if weight is None or isinstance(report, MultilabelReport):
        return report.accuracy
    classes = {name: scores for name, scores in report.per_class.items() if scores.support}
    shares = {
        name: 1.0 if isinstance(weight, str) else weight[name] * scores.support
        for name, scores in classes.items()
    }  # "balanced": each class counts the same
    right = sum(shares[name] * scores.recall for name, scores in classes.items())
    return right / sum(shares.values())


def _check_loss(exported: Export, largest_loss: float) -> None:
    loss = exported.before - exported.after
    if loss > largest_loss:
        raise UsageError(
            f"int8로 줄이면 정확도가 {exported.before:.4f}에서 {exported.after:.4f}로 떨어집니다 "
            f"(허용 {largest_loss:g}). --max-loss를 올리거나 그대로 쓰세요",
            f"int8 lowers the accuracy from {exported.before:.4f} to {exported.after:.4f}, by more "
            f"than {largest_loss:g}; raise --max-loss, or keep float32",
        )


def _validation(model: Model, corpus: str | None, listener: Listener) -> tuple[list[str], Any]:
    """Return the texts and labels that no weight was learned from."""
    trained_on = model.info_.get("corpus") or {}
    name = corpus or (trained_on["name"] if trained_on.get("name") in CORPORA else None)
    if name is None:
        raise UsageError(
            "int8의 정확도를 잴 자료를 --corpus로 지정하세요",
            "name a corpus with --corpus to measure the accuracy of int8 on",
        )
    several = model.thresholds_ is not None
    loaded = corpora.load(name, listener, **labels_as_learned(model.info_, several, name, {}))
    by_name = {str(label): label for label in model.classes_.tolist()}
    split = _split_of(model)
    learned = loaded.limited(trained_on.get("limit"), split.get("seed", 0))
    if learned.fingerprint == trained_on.get("fingerprint"):
        return held_out(learned.train, model.classes_, split)
    rows = loaded.test or loaded.train
    if rows.label_sets is not None:
        return list(rows.texts), rows.label_sets
    return list(rows.texts), [by_name.get(each, each) for each in rows.labels]
