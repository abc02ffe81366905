"""What each member of an ensemble weighs where a text may have several labels.

As with one label a text (``kosent.models.ensemble_weights``), but of each label by itself: the
log-odds that the members give a label are added, each times the member's weight, and a bias of the
label; the sigmoid makes probabilities of the sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kosent.metrics.confidence import calibration_error
from kosent.metrics.multilabel import MultilabelReport, multilabel_report
from kosent.metrics.scores import binary_losses, logits, sigmoid
from kosent.models.ensemble_weights import SPREAD, Array, Floats, Probabilities, Weighting
from kosent.models.held import HeldOut
from kosent.prediction.pool import combine_labels
from kosent.support.label_sets import known_sets

if TYPE_CHECKING:
    from kosent.models.ensemble import Ensemble


def fit_label_weighting(
    members: Sequence[Probabilities], truth: Array, counts: Array | None = None
) -> Weighting:
    """Fit weights and biases, by the mean binary cross-entropy of all pairs of text and label.

    The priors are those of ``fit_weighting``, and the loss is never larger than that of the plain
    mean.

    Args:
        members: float32 ``(n, labels)``, one a member, of texts that none learned from.
        truth: Whether a text has a label ``(n, labels)``.
        counts: What each text counts ``(n,)``; all the same without it.
    """
    from scipy.optimize import minimize

    scores = np.stack([logits(each) for each in members])  # (members, n, labels)
    count, rows, labels = scores.shape
    plain = np.concatenate([np.full(count, 1 / count), np.zeros(labels)])
    shares = np.ones(rows) if counts is None else counts / counts.mean(dtype=np.float64)

    def cost(values: Floats) -> tuple[float, Floats]:
        whole = np.tensordot(values[:count], scores, 1) + values[count:]
        wrong = (sigmoid(whole) - truth) * shares[:, None]
        away = (values - plain) / SPREAD
        slope = np.concatenate([np.tensordot(scores, wrong, 2), wrong.sum(axis=0)])
        loss = float(shares @ binary_losses(whole, truth).sum(axis=1)) + 0.5 * float(away @ away)
        return loss, slope + away / SPREAD

    bounds = [(0.0, None)] * count + [(None, None)] * labels
    optimum = minimize(cost, plain, jac=True, method="L-BFGS-B", bounds=bounds).x
    best = optimum if cost(optimum)[0] < cost(plain)[0] else plain
    weights, bias = best[:count].tolist(), best[count:].tolist()
    figures: dict[str, Any] = {}
    for name, values in (("before", plain), ("after", best)):
        found = combine_labels(members, values[:count].tolist(), values[count:].tolist())
        figures[f"loss_{name}"] = float(binary_losses(logits(found), truth).mean())
        figures[f"ece_{name}"] = calibration_error(found.ravel(), truth.ravel())
    return Weighting(tuple(weights), tuple(bias), rows, **figures)


def fit_labels(
    ensemble: Ensemble, found: Sequence[Probabilities], labels: Any, counts: Array | None
) -> tuple[Weighting, list[float], list[MultilabelReport], MultilabelReport, HeldOut]:
    """Fit the weights of an ensemble of several labels a text, and its thresholds.

    Args:
        ensemble: The ensemble, with its members.
        found: float32 ``(n, labels)``, one a member.
        labels: The labels of the ``n`` texts.
        counts: What each text counts ``(n,)``.

    Returns:
        Weights, thresholds, the members' reports, that of the ensemble, and what the texts got.
    """
    from kosent.training.thresholds import fit_thresholds

    names = ensemble.classes_.tolist()
    truth, others = known_sets(labels, len(found[0]), ensemble.classes_)
    weighting = fit_label_weighting(found, truth, counts)
    together = combine_labels(found, weighting.weights, weighting.bias)
    thresholds = fit_thresholds(together, truth, counts)
    reports = [
        multilabel_report(truth, each, np.asarray(member.thresholds_), names, others)
        for each, member in zip(found, ensemble.members_, strict=True)
    ]
    report = multilabel_report(truth, together, thresholds, names, others)
    held = HeldOut(np.arange(len(truth)), truth, together)
    return weighting, thresholds.tolist(), reports, report, held
