"""Kinds of hyper-parameters, each with its bounds; a network names them where its defaults are.

They come from users and from saved models, so a value must neither fail deep inside Keras nor
ask for a network that no machine can hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, get_origin, get_type_hints

from kosent.errors import UsageError, unknown_name
from kosent.support.checks import is_count
from kosent.support.rules import Rule, count, number, switch

LARGEST = 10_000  # of a size; the largest recurrent networks in use have states of 2,000 or so
DEEPEST = 32  # layers, or widths of a convolution
MOST_BUCKETS = 2**26  # rows of a table of hashed n-grams


def _are_widths(value: Any) -> bool:
    if not isinstance(value, Sequence) or not 1 <= len(value) <= DEEPEST:
        return False
    return all(is_count(each) and each <= LARGEST for each in value) and (
        len(set(value)) == len(value)
    )


_WIDTHS = Rule(
    _are_widths,
    "서로 다른 자연수의 목록이어야",
    "a list of different sizes",
    list,
    inside=((1,), [LARGEST, 2], tuple(range(1, DEEPEST + 1))),
    outside=(
        (),
        (2, 2),
        (0,),
        (LARGEST + 1,),
        tuple(range(1, DEEPEST + 2)),
        (True,),
        "23",
        3,
        None,
    ),
)

Size = Annotated[int, count(1, LARGEST)]
OptionalSize = Annotated[int, count(0, LARGEST)]  # of what 0 leaves out
Depth = Annotated[int, count(1, DEEPEST)]  # of layers, or of an n-gram in tokens
Folds = Annotated[int, count(2, DEEPEST)]
Buckets = Annotated[int, count(1, MOST_BUCKETS)]
Share = Annotated[float, number(0, 1, below=True)]
Switch = Annotated[bool, switch()]
Widths = Annotated[Sequence[int], _WIDTHS]

# Of ``kosent.architectures.builder``, which only type checkers load: a definition has these too.
_NOT_LOADED = {"Builder": Any, "Features": Any}


def rules(network: Callable[..., Any]) -> dict[str, Rule]:
    """Return what the value of each hyper-parameter of a network must be."""
    return {name: kind.__metadata__[0] for name, kind in kinds(network).items()}


def kinds(network: Callable[..., Any]) -> dict[str, Any]:
    """Return the kind of each hyper-parameter of a network or of its definition."""
    hints = get_type_hints(network, localns=_NOT_LOADED, include_extras=True)
    return {name: hint for name, hint in hints.items() if get_origin(hint) is Annotated}


def check_options(name: str, known: Mapping[str, Rule], given: Mapping[str, Any]) -> None:
    """Refuse a hyper-parameter that a network does not have, or that is out of its bounds.

    Args:
        name: The network.
        known: Its hyper-parameters.
        given: Values by name.

    Raises:
        UsageError: If a name or value cannot be used.
    """
    for key, value in given.items():
        if key not in known:
            _refuse_relu(key, value)
            raise unknown_name(f"'{name}' 신경망 설정", f"option of model '{name}':", key, known)
        known[key].check(key, value)


def _refuse_relu(option: str, received: Any) -> None:
    """Say why the recurrent layers have no ``relu``, where it is asked for.

    Raises:
        UsageError: If it is.
    """
    if option == "activation" and received == "relu":
        raise UsageError(
            "순환 층에는 relu를 쓸 수 없습니다: 값을 묶어 두지 않아 상태가 걸음마다 커지고, "
            "긴 글에서는 손실이 NaN이 됩니다. 빼면 tanh입니다",
            "a recurrent layer cannot have activation 'relu': it does not bound the state, which "
            "grows from step to step until the loss of long texts is NaN; leave it out for tanh",
        )
