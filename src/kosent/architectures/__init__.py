"""The networks: plain functions that return an uncompiled ``keras.Model``.

A network is added by its file and its row in ``ARCHITECTURES``. Keras is imported
when a network is built, not when this table is read, so that listing the names and
refusing a wrong one stay instant (importing TensorFlow takes 2.8 s).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from kosent.architectures.cnn_bilstm import cnn_bilstm
from kosent.architectures.gru import gru
from kosent.architectures.hybrid import hybrid
from kosent.architectures.lstm import lstm
from kosent.errors import UsageError, unknown_name

if TYPE_CHECKING:
    import keras

__all__ = ["ARCHITECTURES", "build", "cnn_bilstm", "gru", "hybrid", "lstm", "options"]

ARCHITECTURES: dict[str, Callable[..., keras.Model]] = {
    "lstm": lstm,
    "gru": gru,
    "hybrid": hybrid,
    "cnn_bilstm": cnn_bilstm,
}


def options(name: str) -> dict[str, Any]:
    """Return the hyper-parameters of a network with their defaults.

    Raises:
        UsageError: If there is no network of that name.
    """
    if name not in ARCHITECTURES:
        raise unknown_name("신경망", "model", name, ARCHITECTURES)
    parameters = inspect.signature(ARCHITECTURES[name]).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}


def check(name: str, given: Mapping[str, Any]) -> None:
    """Refuse an unknown network or hyper-parameter before anything heavy is loaded.

    Raises:
        UsageError: If the name or one of the keys of ``given`` is not known.
    """
    known = options(name)
    for key in given:
        if key not in known:
            listed = ", ".join(known)
            raise UsageError(
                f"'{name}' 신경망에 없는 설정입니다: {key!r}. 쓸 수 있는 설정: {listed}",
                f"model '{name}' has no option {key!r}. Known: {listed}",
            )


def build(name: str, vocabulary_size: int, classes: int, **given: Any) -> keras.Model:
    """Build the network of that name.

    Args:
        name: A name in ``ARCHITECTURES``.
        vocabulary_size: Rows of the embedding table.
        classes: Number of classes.
        **given: Hyper-parameters that differ from their defaults.

    Returns:
        An uncompiled ``keras.Model``.

    Raises:
        UsageError: If the name or a hyper-parameter is not known.
    """
    check(name, given)
    return ARCHITECTURES[name](vocabulary_size, classes, **given)
