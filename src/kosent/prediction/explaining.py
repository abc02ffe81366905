"""Explaining what a classifier says: hands it to ``kosent.explanation``, linear where it is that.

The network ``ngrams`` adds up scores of n-grams, and so does an ensemble of nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from kosent import architectures
from kosent.explanation.explain import Model, explain
from kosent.explanation.explanation import Explanation
from kosent.explanation.linear import Linear, Member
from kosent.prediction.network import Network
from kosent.prediction.predictor import Predictor
from kosent.support.inputs import check_texts
from kosent.text.encoding.base import Encoder

NGRAMS = "ngrams"


class Answering(NamedTuple):
    """A network that answers, alone or among others.

    Attributes:
        info: Where its classifier comes from; the parameters name the network and its options.
        encoder: Its encoder.
        network: The network.
        weight: What its scores count.
    """

    info: Mapping[str, Any]
    encoder: Encoder
    network: Network
    weight: float = 1.0


def explained(
    predictor: Predictor,
    texts: Sequence[str],
    labels: Sequence[Any] | None,
    method: str,
    grouped: bool,
    evaluations: int,
) -> list[Explanation]:
    """Explain texts; arguments and errors are those of ``Predictor.explain``."""
    predictor._check_fitted()
    model = Model(
        lambda asked: predictor.predict_all(asked).probabilities,
        [str(label) for label in predictor.classes_.tolist()],
        predictor.thresholds_ is not None,
        _linear(predictor),
    )
    return explain(
        check_texts(texts),
        model,
        labels=labels,
        method=method,
        grouped=grouped,
        evaluations=evaluations,
    )


def _linear(predictor: Predictor) -> Linear | None:
    """Return the same as a model that adds up scores of n-grams, where it is one."""
    answering, bias = predictor._answering()
    members = [_member(each) for each in answering]
    found = [member for member in members if member is not None]
    if not found or len(found) < len(members):
        return None
    return Linear(found, bias, predictor.thresholds_ is not None)


def _member(answering: Answering) -> Member | None:
    parameters = answering.info["parameters"]
    if parameters.get("architecture") != NGRAMS:
        return None
    given = parameters.get("architecture_options") or {}
    architectures.check(NGRAMS, given)
    options = architectures.options(NGRAMS) | given
    shortest, longest = options["shortest"], options["longest"]
    sizes = shortest, max(shortest, longest)
    return Member(answering.encoder, answering.network, *sizes, answering.weight)
