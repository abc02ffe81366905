"""scikit-learn's conventions for an estimator, without importing scikit-learn."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Self, cast

from kosent.errors import UsageError

_TAKES_WEIGHTS = ("fit", "score")


class TextEstimator:
    """Base of a classifier of texts whose constructor only stores its arguments.

    What ``fit`` learns ends in ``_``; ``info_`` is the last of it to be set.
    """

    def __repr__(self) -> str:
        """Return the constructor's call, with those arguments that are not its defaults."""
        given = self.get_params()
        defaults = inspect.signature(type(self).__init__).parameters
        changed = [
            f"{name}={value!r}"
            for name, value in given.items()
            if repr(value) != repr(defaults[name].default)
        ]
        return f"{type(self).__name__}({', '.join(changed)})"

    def _repr_html_(self) -> str | None:
        """Return what a notebook shows: scikit-learn's diagram where it is installed."""
        try:
            from sklearn.utils import estimator_html_repr
        except ImportError:  # where one only predicts; the notebook then shows the repr
            return None
        shown: str = estimator_html_repr(self)
        return shown

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002  scikit-learn's name
        """Return the constructor's arguments by name."""
        return {name: getattr(self, name) for name in self._parameter_names()}

    def set_params(self, **params: Any) -> Self:
        """Set constructor arguments by name.

        Raises:
            UsageError: If a name is not an argument.
        """
        known = self._parameter_names()
        for name, value in params.items():
            if name not in known:
                raise no_parameter(type(self).__name__, name, known)
            setattr(self, name, value)
        return self

    def get_metadata_routing(self) -> Any:
        """Tell scikit-learn which methods ask for ``sample_weight``; see its metadata routing."""
        from sklearn.utils.metadata_routing import MetadataRequest

        requests = getattr(self, "_metadata_request", None)
        if requests is None:
            requests = MetadataRequest(owner=self)
            for method in _TAKES_WEIGHTS:
                getattr(requests, method).add_request(param="sample_weight", alias=None)
        return requests

    def set_fit_request(self, *, sample_weight: bool | str | None) -> Self:
        """Ask that a search, a pipeline or a validation passes ``sample_weight`` to ``fit``.

        Args:
            sample_weight: Whether to pass it, or the name it is passed by; ``None`` makes
                scikit-learn refuse it.
        """
        return self._request("fit", sample_weight)

    def set_score_request(self, *, sample_weight: bool | str | None) -> Self:
        """Ask that ``sample_weight`` is passed to ``score``; see :meth:`set_fit_request`."""
        return self._request("score", sample_weight)

    def _request(self, method: str, sample_weight: bool | str | None) -> Self:
        requests = self.get_metadata_routing()
        getattr(requests, method).add_request(param="sample_weight", alias=sample_weight)
        self._metadata_request = requests  # the name by which sklearn.clone copies it
        return self

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that this is a classifier of one-dimensional text."""
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags(),
            input_tags=InputTags(one_d_array=True, two_d_array=False, string=True),
        )

    def __sklearn_is_fitted__(self) -> bool:
        """Tell scikit-learn whether ``fit`` has run."""
        return hasattr(self, "info_")

    @classmethod
    def _parameter_names(cls) -> list[str]:
        return list(inspect.signature(cls.__init__).parameters)[1:]

    def _forget(self) -> None:
        """Drop what was learned."""
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)


def not_fitted() -> UsageError:
    """Build the error for a classifier that is not fitted; scikit-learn's too, where it is."""
    kind: type[UsageError] = UsageError
    with suppress(ImportError):
        from sklearn.exceptions import NotFittedError

        kind = cast(
            "type[UsageError]",
            type("NotFittedError", (UsageError, NotFittedError), {"__reduce__": _not_fitted}),
        )
    return kind(
        "아직 학습하지 않은 분류기입니다. fit이나 load를 먼저 부르세요",
        "this classifier is not fitted; call fit or load first",
    )


def _not_fitted(_: UsageError) -> tuple[Any, tuple[()]]:
    return not_fitted, ()  # a class made here crosses no process border


def no_parameter(kind: str, name: str, known: Iterable[str]) -> UsageError:
    """Build the error for an argument that an estimator does not have.

    Args:
        kind: The estimator.
        name: The name that arrived.
        known: The valid names.
    """
    return UsageError(
        f"{kind}에 없는 설정입니다: {name!r}",
        f"{kind} has no parameter {name!r}. Known: {', '.join(known)}",
    )
