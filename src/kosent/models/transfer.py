"""A classifier made of another one: what that has learned of texts, and a last layer of its own.

The vector that a network's last layer reads is computed by ONNX Runtime, the new layer is solved
(``kosent.training.head``): neither Keras nor TensorFlow is loaded. What comes out is a classifier
of the same network as any other. One that starts from a model in int8 is in int8 again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kosent.models.classifier import TextClassifier
from kosent.models.heads import Floats, features_of, headed
from kosent.models.saving import parameters_as_data
from kosent.models.settings import TAKEN, ClassifierSettings
from kosent.support.inputs import check_texts
from kosent.support.version import __version__
from kosent.text.stream import chunks
from kosent.training.head import Head, solve_head

if TYPE_CHECKING:
    from kosent.metrics.report import Label

__all__ = ["Head", "features", "solve_head", "with_head"]


def features(classifier: TextClassifier, texts: Sequence[str]) -> Floats:
    """Return what a classifier's last layer reads of texts.

    Args:
        classifier: A fitted classifier; its encoder turns the texts into ids.
        texts: ``n`` strings.

    Returns:
        float32 ``(n, F)``.

    Raises:
        DataError: If a text is no string.
        UsageError: If the classifier is not fitted.
        RuntimeSetupError: If the ``onnx`` package is not installed.
    """
    classifier._check_fitted()
    encoder = classifier.encoder_
    return features_of(classifier.trained_, map(encoder.encode, chunks(check_texts(texts))))


def with_head(
    classifier: TextClassifier,
    kernel: Floats,
    bias: Floats,
    labels: Sequence[Label],
    info: Mapping[str, Any] | None = None,
    *,
    multilabel: bool = False,
) -> TextClassifier:
    """Return a classifier with another last layer, and so with other labels.

    Args:
        classifier: A fitted classifier, which stays as it is.
        kernel: float32 ``(F, classes)``, for features as :func:`features` gives them.
        bias: float32 ``(classes,)``.
        labels: The classes, sorted, in the order of the columns.
        info: What its ``info_`` is to say beside version and parameters. To be saved it needs
            ``rows`` and ``validation``, as ``TextClassifier.fit`` has them.
        multilabel: Whether a text may have several labels; ``thresholds_`` are to be set then.

    Returns:
        A fitted classifier of the same encoder and network; in int8 where ``classifier`` is.

    Raises:
        UsageError: If the classifier is not fitted.
        ValueError: If kernel, bias and labels are not of one size.
        RuntimeSetupError: If the ``onnx`` package is not installed.
    """
    classifier._check_fitted()
    trained = headed(classifier.trained_, kernel, bias, multilabel=multilabel)
    if len(labels) != trained.network.classes:
        raise ValueError(f"{len(labels)} labels for {trained.network.classes} columns")
    encoder = classifier.encoder_
    given = ClassifierSettings(**{name: getattr(classifier, name) for name in TAKEN}).values()
    given |= {"architecture_options": trained.design.options, "multilabel": multilabel}
    parameters = parameters_as_data(given, encoder, list(labels))
    made = TextClassifier(**parameters)
    made.classes_ = np.asarray(labels)
    made.encoder_ = encoder
    made.trained_ = trained
    made.history_ = []
    made.info_ = {"kosent_version": __version__, "parameters": parameters, **(info or {})}
    return made
