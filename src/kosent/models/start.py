"""The saved model that a classifier starts from: what is taken from it, and what may not be named.

Tokenizer, vocabulary, cleaning and network are those of the start; only what is learned differs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kosent import architectures
from kosent.bundles.manifest import Saved, is_ensemble, read_saved, unusable
from kosent.bundles.model import unpack
from kosent.bundles.place import within
from kosent.errors import UsageError
from kosent.models.heads import design_for
from kosent.models.pretrained import PACKAGED, packaged_path
from kosent.models.settings import TAKEN, ClassifierSettings
from kosent.models.trained import Trained
from kosent.support.paths import user_path
from kosent.support.plain import to_python
from kosent.support.settings import settings_of
from kosent.text.encoding import cache as token_cache
from kosent.text.encoding.encoder import TextEncoder
from kosent.text.tokenizers import Tokenizer

if TYPE_CHECKING:
    from kosent.architectures.design import Architecture
    from kosent.metrics.report import Label


@dataclass(frozen=True, slots=True)
class Start:
    """A saved model, as what starts from it sees it.

    Attributes:
        name: Name of a packaged model, otherwise that of its file or folder.
        sha256: SHA-256 of its manifest, which stands for all of it.
        labels: Its labels.
        encoder: Its encoder.
        trained: Its network.
        parameters: The settings that go with both: those of ``TAKEN``.
        thresholds: Probability from which on it gives each label; ``None`` of one label a text.
    """

    name: str
    sha256: str
    labels: list[str] | list[int]
    encoder: TextEncoder
    trained: Trained
    parameters: dict[str, Any]
    thresholds: list[float] | None

    @property
    def multilabel(self) -> bool:
        """Whether its texts may have several labels, or none."""
        return self.thresholds is not None

    @property
    def int8(self) -> bool:
        """Whether its weights are reduced to int8, as those of what starts from it are then."""
        return self.trained.load_weights is None

    def parameters_for(self, classes: int, multilabel: bool) -> dict[str, Any]:
        """Return the settings that go with its network for other classes."""
        design = design_for(self.trained, classes, multilabel)
        return self.parameters | {"architecture_options": design.options}

    def kept(self, labels: Sequence[Label], given: ClassifierSettings) -> float:
        """Return what keeping to its answers counts; with 0 its own labels are forgotten.

        Args:
            labels: Those of the texts that are to be learned.
            given: The settings. Where they leave it open, texts that have one of its labels, and as
                many each as its own, go on with what it does; others are a task of their own.

        Raises:
            UsageError: If they are to be kept and no text has one, of one label a text. Where each
                is of the new label, the network says that label of all texts
                (``bench/accuracy/forgetting.py``); of several labels a text each has its own say.
        """
        if given.transfer != "all" or self.multilabel != given.multilabel:
            return 0.0
        strange = set(self.labels).isdisjoint(labels)
        if given.keep and strange and not self.multilabel:
            raise UsageError(
                f"새 글에 이어받는 모델의 라벨이 하나도 없습니다: {self.labels}. 그 라벨의 글을 "
                "조금 함께 넣거나 keep을 빼세요",
                f"the texts have none of the labels of the model to start from: {self.labels}; add "
                "some texts of them, or leave keep out",
            )
        return float(not strange) if given.keep is None else given.keep

    def marks(self, texts: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Return which of its labels it gives each text ``(n, labels)``, where it gives several."""
        probabilities = self.trained.network.predict(token_cache.encode(self.encoder, texts))
        given: npt.NDArray[np.bool_] = probabilities >= np.asarray(self.thresholds)
        return given

    @property
    def facts(self) -> dict[str, Any]:
        """What a model that started from it says about it."""
        return {"name": self.name, "sha256": self.sha256, "labels": self.labels}


def place_of(start: str) -> Path:
    """Return where a start is: the file of a packaged model, or one that a user named."""
    return packaged_path(start) if start in PACKAGED else within(user_path(start))


def checksum_of(start: str) -> str:
    """Return the SHA-256 of the manifest of a start.

    Raises:
        BundleError: If it is no saved model.
    """
    return read_saved(place_of(start), lambda saved: saved.sha256)


def read_start(start: str) -> Start:
    """Read the model to start from.

    Args:
        start: The setting.

    Raises:
        BundleError: If it is no saved model, damaged, or one that cannot be used.
        UsageError: If it is an ensemble.
    """
    path = place_of(start)

    def take(saved: Saved) -> Start:
        if is_ensemble(saved.manifest):
            raise UsageError(
                f"'{start}'은(는) 앙상블입니다. 이어받을 모델 하나를 지정하세요",
                f"'{start}' is an ensemble; name a single model to start from",
            )
        bundle = unpack(saved)
        try:
            trained = Trained.unpack(bundle)
        except (KeyError, TypeError, ValueError) as error:
            raise unusable(path, str(error)) from error
        name = start if start in PACKAGED else path.name
        parameters = _taken(bundle.info["parameters"], trained.design)
        return Start(
            name,
            saved.sha256,
            bundle.labels,
            bundle.encoder,
            trained,
            parameters,
            bundle.thresholds,
        )

    return read_saved(path, take)


def encoder_for(given: ClassifierSettings) -> TextEncoder:
    """Return the encoder of the model that a classifier starts from.

    Args:
        given: Its settings, with a ``start``.

    Raises:
        BundleError: As :func:`read_start`.
        UsageError: If a setting differs from what is taken from there, it is an ensemble, or its
            answers are to be kept and are of another kind.
    """
    start = read_start(str(given.start))
    if given.keep and start.multilabel != given.multilabel:
        raise _other_kind(start.multilabel)
    declared = settings_of(ClassifierSettings)
    refuse_others(
        {name: getattr(given, name) for name in TAKEN if _is_given(given, name, declared)},
        start,
        multilabel=given.multilabel,
    )
    return start.encoder


def _other_kind(several: bool) -> UsageError:
    """Build the error for keeping to answers that say nothing of what is to be learned.

    Probabilities of one label a text are shared out among the labels: they do not say how probable
    each is by itself, and of none at all they know nothing. Those of several add up to anything.
    """
    if several:
        return UsageError(
            "이어받는 모델은 글마다 라벨이 여럿이라 그 답을 라벨 하나로 지킬 수 없습니다. keep을 "
            "빼거나 multilabel로 이어서 배우세요",
            "the model to start from gives several labels a text, which one label a text cannot "
            "keep to; leave keep out, or go on with multilabel",
        )
    return UsageError(
        "이어받는 모델은 글마다 라벨이 하나라 그 답을 라벨마다 지킬 수 없습니다. keep이나 "
        "multilabel을 빼세요",
        "the model to start from gives one label a text, which says nothing of each label by "
        "itself; leave out keep or multilabel",
    )


def refuse_others(named: Mapping[str, Any], start: Start, *, multilabel: bool) -> None:
    """Refuse settings that a start decides, where they say something else.

    Args:
        named: Settings by name.
        start: The start.
        multilabel: Whether a text may have several labels in what starts from it.

    Raises:
        UsageError: If one of them says something else.
    """
    for name, value in named.items():
        if name in TAKEN and not _agrees(name, value, start, multilabel):
            raise UsageError(
                f"{name} 값은 이어받는 모델 '{start.name}'의 것입니다({start.parameters[name]!r}). "
                f"빼세요. 받은 값: {value!r}",
                f"{name} is that of the model to start from, '{start.name}' "
                f"({start.parameters[name]!r}); leave it out. Received: {value!r}",
            )


def _is_given(given: ClassifierSettings, name: str, declared: Mapping[str, Any]) -> bool:
    value = getattr(given, name)
    return isinstance(value, Tokenizer) or _plain(value) != _plain(declared[name].default)


def _taken(saved: Mapping[str, Any], design: Architecture) -> dict[str, Any]:
    declared = settings_of(ClassifierSettings)
    found = {name: saved.get(name, declared[name].default) for name in TAKEN}
    return found | {"architecture": design.name, "architecture_options": design.options}


def _agrees(name: str, value: Any, start: Start, multilabel: bool) -> bool:
    own = start.parameters[name]
    if isinstance(value, Tokenizer):
        value = value.state().name
    if name == "architecture_options":
        design, classes = start.trained.design, len(start.labels)
        options = start.parameters_for(classes, multilabel)[name]
        own, value = (
            architectures.settled(design.name, options | dict(each), classes, design.multilabel)
            for each in ({}, value or {})
        )
    if isinstance(value, Mapping):  # those that are named
        own = {each: (own or {}).get(each) for each in value}
    return _plain(value) == _plain(own)


def _plain(value: Any) -> str:
    return json.dumps(to_python(value), sort_keys=True, default=str)
