"""Which saved and trained models are linear: those of networks that add up scores of n-grams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kosent import architectures
from kosent.explanation.linear import Linear, Member
from kosent.prediction.network import Network
from kosent.text.encoding.base import Encoder

NGRAMS = "ngrams"


def linear_member(
    info: Mapping[str, Any], encoder: Encoder, network: Network, weight: float = 1.0
) -> Member | None:
    """Return a network as what adds up scores of n-grams, or ``None`` where it does more.

    Args:
        info: Where the classifier comes from; its parameters name the network and its options.
        encoder: Its encoder.
        network: The network.
        weight: What it counts among others.
    """
    parameters = info["parameters"]
    if parameters.get("architecture") != NGRAMS:
        return None
    given = parameters.get("architecture_options") or {}
    architectures.check(NGRAMS, given)
    options = architectures.options(NGRAMS) | given
    shortest, longest = options["shortest"], options["longest"]
    return Member(encoder, network, shortest, max(shortest, longest), weight)


def linear_model(
    members: Sequence[Member | None], bias: Sequence[float], several: bool
) -> Linear | None:
    """Return networks as a linear model, or ``None`` where one of them is not.

    Args:
        members: The networks.
        bias: One a class.
        several: Whether a text may have several labels.
    """
    found = [member for member in members if member is not None]
    return Linear(found, bias, several) if len(found) == len(members) else None
