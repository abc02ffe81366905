"""A network is defined once, as a function of a builder; from that come the functions people call.

::

    @network
    def tiny(net: Builder, *, embedding_size: Size = 8, dropout: Share = 0.1) -> Features:
        return net.classify(net.max_over_time(net.embed(embedding_size, dropout, "embedding")), 0.0)
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol

from kosent.architectures.options import kinds

if TYPE_CHECKING:
    import keras

    from kosent.architectures.builder import Builder, Features

P = ParamSpec("P")

_SIZES = """\
    vocabulary_size: Rows of the embedding table, padding and unknown included.
    classes: Number of classes.
    multilabel: Whether a text may have several of them; probabilities then are one of each class,
        and not of all together.
"""
_RETURNS = """

Returns:
    An uncompiled model from int32 token ids ``(B, T)``, 0 where padded at the end, to
    float32 class probabilities ``(B, classes)``."""


class Network(Protocol[P]):
    """A plain function that builds a network in Keras."""

    def __call__(
        self,
        vocabulary_size: int,
        classes: int,
        multilabel: bool = False,
        *args: P.args,
        **given: P.kwargs,
    ) -> keras.Model:
        """Build it; what the arguments are stands at each network."""


def network(define: Callable[Concatenate[Builder, P], Features]) -> Network[P]:
    """Make the function that builds a network in Keras of the one that defines it.

    Args:
        define: From a builder and keyword options, each annotated with its bounds
            (``kosent.architectures.options``), to class probabilities. Its name is the network's.

    Returns:
        A function of the size of the vocabulary, the number of classes and the same options, with
        their signature and docstring.
    """

    def build(
        vocabulary_size: int,
        classes: int,
        multilabel: bool = False,
        *args: P.args,
        **given: P.kwargs,
    ) -> keras.Model:
        from kosent.architectures.layers import KerasBuilder

        net = KerasBuilder(vocabulary_size, classes, multilabel)
        return net.model(define(net, *args, **given), build.__name__)

    update_wrapper(build, define)
    vars(build)["__signature__"] = _signature(define)
    build.__doc__ = _documented(define)
    return build


def variant(define: Callable[Concatenate[Builder, str, P], Features], name: str) -> Network[P]:
    """Make one network of a family, as :func:`network` does.

    Args:
        define: As there, but takes the network's name after the builder; ``{name}`` stands for it
            in the docstring.
        name: The network's name.
    """

    def one(net: Builder, /, *args: P.args, **given: P.kwargs) -> Features:
        return define(net, name, *args, **given)

    update_wrapper(one, define)
    one.__name__ = one.__qualname__ = name
    return network(one)


def definition(build: Network[...]) -> Callable[Concatenate[Builder, ...], Features]:
    """Return the function that :func:`network` was given, whose first argument is a builder."""
    found: Callable[Concatenate[Builder, ...], Features] = vars(build)["__wrapped__"]
    return found


def _signature(define: Callable[..., Any]) -> inspect.Signature:
    """Put the sizes in the place of what is positional in a definition."""
    of = kinds(define)
    sizes = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=int)
        for name in ("vocabulary_size", "classes")
    ]
    several = inspect.Parameter(
        "multilabel", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=bool, default=False
    )
    options = [
        each.replace(annotation=of[each.name].__origin__)
        for each in inspect.signature(define).parameters.values()
        if each.kind is each.KEYWORD_ONLY
    ]
    return inspect.Signature([*sizes, several, *options])


def _documented(define: Callable[..., Any]) -> str:
    """Describe the sizes instead of what is positional in a definition."""
    text = inspect.cleandoc(define.__doc__ or "").replace("{name}", define.__name__)
    for each in inspect.signature(define).parameters.values():
        if each.kind is not each.KEYWORD_ONLY:
            text = re.sub(rf"^    {each.name}: .*\n", "", text, flags=re.MULTILINE)
    return text.replace("Args:\n", "Args:\n" + _SIZES, 1) + _RETURNS
