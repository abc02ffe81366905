"""The settings of a classifier: declared, checked, and handed to those whom they concern."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from kosent import architectures
from kosent.errors import UsageError
from kosent.support.estimator import no_parameter
from kosent.support.plain import to_python
from kosent.support.rules import Rule, choice, mapping, number, optional, switch
from kosent.support.settings import by_data, check, setting, settings_of
from kosent.text.encoding.encoder import TextEncoder
from kosent.text.encoding.settings import AUGMENTATION, EncoderSettings
from kosent.training.settings import (
    FRACTION,
    SPLIT_SETTINGS,
    VALIDATION,
    TrainingSettings,
    default_batch_size,
    default_learning_rate,
)

if TYPE_CHECKING:
    from kosent.metrics.report import Label

# Settings that are options of the one named here, so that naming another one leaves them behind.
OPTIONS_OF = {
    "architecture_options": "architecture",
    "tokenizer_options": "tokenizer",
    "cleaning_options": "cleaning",
}


TRANSFERS = ("head", "all")

AUTO = "auto"
NAMED = "hybrid"  # the network where a setting that auto would decide is given, and no network
# What may be said to auto; all else it decides itself.
LIMITS = ("minutes", "size", "speed")
_SAID_TO_AUTO = ("architecture", "seed", "cleaning", "multilabel", *LIMITS)

# What a classifier that starts from a saved model takes from there.
TAKEN = ("architecture", "architecture_options", *settings_of(EncoderSettings))

_START = Rule(
    lambda value: isinstance(value, str) and value != "",
    "모델의 이름이나 경로여야",
    "the name of a packaged model, or the path of a saved one",
    inside=("pretrained",),
    outside=("", 3, ["pretrained"]),
    shown="pretrained|MODEL",
)
_KEEP = number(0)
LABEL_OPTIONS = ("label_column", "label_separator", "label_columns")  # how a file's are written


@dataclass(kw_only=True)
class ClassifierSettings(EncoderSettings, TrainingSettings):
    """All settings of a classifier, as they were given: :meth:`check` checks them.

    ``validation="last"`` holds out what ``validation_split`` of Keras does, ``"blocks"`` texts that
    follow each other (:mod:`kosent.training.split_blocks`). The validation split is
    cut off before tokenizer and vocabulary are fitted. ``augment="noise"`` gives each training
    text, in each epoch anew, one of the noises of :mod:`kosent.text.noise`, half of the time the
    loss of its spaces; the validation split stays as it is. ``calibrate`` divides the trained
    network's scores by a temperature (:mod:`kosent.training.calibration`): it changes no label, and
    ends in the weights of the last layer, and so in all that is saved or trained on from there.
    """

    architecture: str = setting(
        AUTO,
        choice(AUTO, *architectures.ARCHITECTURES, noun=("신경망", "model")),
        ko="신경망, 또는 여럿을 겨루어 고르는 auto",
        en="network, by its name, or auto, which tries several and keeps what judges best",
        group="network",
        flag="--model",
    )
    architecture_options: Mapping[str, Any] | None = setting(
        None,
        optional(mapping()),
        ko="신경망의 설정",
        en="options of the network",
        group="network",
        flag="--set",
    )
    start: str | None = setting(
        None,
        optional(_START),
        ko="배운 것을 이어받을 모델: pretrained(함께 들어 있는 모델) 또는 저장된 모델의 경로",
        en="model to start from: pretrained, which comes with kosent, or the path of a saved one",
        group="network",
        flag="--from",
    )
    transfer: str = setting(
        "head",
        choice(*TRANSFERS, noun=("이어받는 방식", "transfer")),
        ko="start에서 새로 배울 것: 마지막 층만(head) 또는 모두(all)",
        en="what is learned from there on: the last layer alone (head), or all weights",
        group="network",
    )
    keep: float | None = setting(
        None,
        _KEEP,
        ko="transfer가 all일 때 새 글에서 이전 모델의 답을 지키는 무게, 0이면 그 라벨을 잊음 "
        "(기본: 새 글에 이전 라벨이 있으면 1)",
        en="weight of keeping to the start's answers on the new texts, where transfer is all; 0 "
        "forgets its labels (default: 1 where the texts have one of them)",
        group="network",
        by_data=True,
    )
    # A classifier leaves these open until it has seen the texts; training itself needs numbers.
    learning_rate: float | None = by_data(  # type: ignore[assignment]
        TrainingSettings,
        "learning_rate",
        ko="처음의, schedule이 linear이면 가장 높은 학습률 (기본: 0.001, start에서 모두 배울 때 "
        "0.0003)",
        en="step size at the start, or the highest where schedule is linear (default: 0.001, where "
        "all weights of a start are learned on 0.0003)",
    )
    minutes: float | None = setting(
        None,
        optional(number(0)),
        ko="auto가 학습에 쓸 분 (기본: 글 1만 개마다 1분)",
        en="minutes that auto may train (default: one for each 10,000 texts)",
        group="auto",
    )
    size: float = setting(
        20.0,
        number(0, above=True),
        ko="auto가 만드는 모델의 최대 메가바이트",
        en="megabytes of the model that auto makes, at most",
        group="auto",
    )
    speed: float = setting(
        5000.0,
        number(0, above=True),
        ko="auto가 만드는 모델이 1초에 읽을 글 수, 적어도",
        en="texts a second that the model of auto reads, at least",
        group="auto",
    )
    multilabel: bool = setting(
        False,
        switch(),
        ko="글마다 라벨이 여럿이거나 없을 수 있음",
        en="a text may have several labels, or none",
        group="network",
    )
    # A classifier leaves it open until it has seen the texts; training itself needs a number.
    batch_size: int | None = by_data(  # type: ignore[assignment]
        TrainingSettings,
        "batch_size",
        ko="배치마다 글 수 (기본: 학습 글 수에 따라 16에서 128)",
        en="texts a batch (default: 16 to 128, growing with the training texts)",
    )
    validation_fraction: float = setting(
        0.1,
        FRACTION,
        ko="학습 글에서 검증에 쓸 몫",
        en="share of the training texts that decides on stopping and the best weights",
    )
    validation: str = setting(
        "random",
        VALIDATION,
        ko="검증에 쓸 글: 라벨 비율대로 아무 글(random), 이어진 글 묶음(blocks), 마지막 글들(last)",
        en="texts held out: random ones with the classes in proportion, blocks of texts that "
        "follow each other (where a file has paraphrases or a document in a row), or the last ones",
    )
    augment: str | None = setting(
        None,
        AUGMENTATION,
        ko="noise: 에포크마다 학습 글을 새로 흩뜨림",
        en="noise: disturb the training texts, in each epoch anew",
    )
    calibrate: bool = setting(
        True,
        switch(),
        ko="검증 자료로 확률을 보정함",
        en="fit a temperature on the validation split, so that probabilities are as high as right",
    )

    def __post_init__(self) -> None:
        """Only store the arguments, as constructors of scikit-learn do."""

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Self:
        """Take settings by their names; others have their defaults.

        Raises:
            UsageError: If there is no setting of a name.
        """
        known = settings_of(cls)
        for name in arguments:
            if name not in known:
                raise no_parameter("TextClassifier", name, known)
        return cls(**arguments)

    @property
    def is_automatic(self) -> bool:
        """Whether ``auto`` is to find the network: none was named, nor a setting of one."""
        if self.architecture != AUTO:
            return False
        return all(
            getattr(self, name) == declared.default
            for name, declared in settings_of(ClassifierSettings).items()
            if name not in _SAID_TO_AUTO
        )

    def settled(self) -> ClassifierSettings:
        """Return these settings with a network in the place of ``auto``; a start brings its own.

        What ``auto`` may cost is left behind with it.
        """
        undecided = self.architecture == AUTO and self.start is None
        values = self.values() | ({"architecture": NAMED} if undecided else {})
        if self.is_automatic:
            values = {name: values[name] for name in values if name not in LIMITS}
        return ClassifierSettings(**values)

    def checked(self) -> TextEncoder:
        """Check everything, and give the encoder for which it had to be built.

        Returns:
            The encoder, not fitted; that of ``start``, where there is one.

        Raises:
            UsageError: If a name or setting cannot be used.
            BundleError: If ``start`` is no saved model, or damaged.
        """
        check(self)
        self._check_limits()
        if self.keep is not None and self.transfer != "all":
            raise UsageError(
                "keep은 transfer='all'과 함께만 쓸 수 있습니다. 빼세요",
                "keep goes with transfer='all' only; leave it out",
            )
        if self.start is None and self.architecture == AUTO:
            return self.settled().checked()
        options = self.architecture_options or {}
        if self.multilabel and options.get("sigmoid"):
            raise UsageError(
                "글마다 라벨이 여럿이면 라벨마다 시그모이드입니다. sigmoid 설정을 빼세요",
                "of several labels a text each has a sigmoid; leave out the option sigmoid",
            )
        if self.start is not None:
            from kosent.models.start import encoder_for

            return encoder_for(self)
        if self.transfer != TRANSFERS[0]:
            raise UsageError(
                f"transfer='{self.transfer}'에는 이어받을 모델(start, --from)이 있어야 합니다",
                f"transfer='{self.transfer}' needs a model to start from (start, --from)",
            )
        architectures.check(self.architecture, options)
        encoder = TextEncoder(**_values(self, EncoderSettings))
        if architectures.trainer(self.architecture, options) == "scored":
            _check_fixed(self, encoder)
        return encoder

    def _check_limits(self) -> None:
        """Refuse limits that nothing would keep to: a network that is named costs what it costs."""
        declared = settings_of(ClassifierSettings)
        given = [name for name in LIMITS if getattr(self, name) != declared[name].default]
        if given and not self.is_automatic:
            listed = ", ".join(given)
            raise UsageError(
                f"{listed}은(는) auto의 한도입니다. 신경망이나 그 설정을 고르면 지킬 수 없으니 "
                "둘 가운데 하나를 빼세요",
                f"{listed} is a limit of auto; a network that was named, or a setting of one, does "
                "not keep to it. Leave out one of the two",
            )

    def values(self) -> dict[str, Any]:
        """Return all settings by name, as they were given."""
        return {name: getattr(self, name) for name in settings_of(ClassifierSettings)}

    def for_training(self, rows: int, class_weight: Any) -> TrainingSettings:
        """Return the settings that concern training.

        Args:
            rows: Texts to learn from.
            class_weight: Weights by class number, ``"balanced"`` or ``None``.
        """
        values = _values(self, TrainingSettings) | {"class_weight": to_python(class_weight)}
        if values["batch_size"] is None:
            values["batch_size"] = default_batch_size(rows)
        if values["learning_rate"] is None:
            values["learning_rate"] = default_learning_rate(continued=self.start is not None)
        return TrainingSettings(**values)

    def of_split(self) -> dict[str, Any]:
        """Return the settings that decide the validation split."""
        return {name: to_python(getattr(self, name)) for name in SPLIT_SETTINGS}


def split_of(info: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the validation split of a trained classifier was cut off by.

    Args:
        info: Where it comes from, as saved; what it does not name has the defaults.
    """
    parameters = info["parameters"]
    given = {name: parameters[name] for name in SPLIT_SETTINGS if name in parameters}
    return ClassifierSettings.of(given).of_split() | {"rule": info.get("split_rule", 1)}


def no_teacher() -> UsageError:
    """Build the error for a teacher of several labels a text."""
    return UsageError(
        "글마다 라벨이 여럿이면 선생이나 확률로 배울 수 없습니다. targets와 extra, 증류를 빼세요",
        "several labels a text cannot be learned from a teacher or probabilities; leave out "
        "targets, extra and distillation",
    )


def labels_as_learned(
    info: Mapping[str, Any],
    several: bool,
    corpus: str,
    given: Mapping[str, Any],
) -> dict[str, Any]:
    """Return how the labels of a corpus are to be read for a trained model.

    Args:
        info: Where the model comes from, as saved.
        several: Whether its texts may have several labels.
        corpus: Name or path of the corpus.
        given: ``label_column``, ``label_separator`` and ``label_columns``, as far as the user named
            them; of a file of the user's own the rest is as in training.

    Returns:
        The arguments of ``kosent.corpora.load``.
    """
    from kosent.corpora import CORPORA

    named = {name: value for name, value in given.items() if value}
    learned = (info.get("corpus") or {}).get("labels", {}) if several else {}
    if corpus in CORPORA or named:
        learned = {}
    return {**learned, **named, "multilabel": several}


def weight_by_number(weight: Any, classes: Sequence[Label]) -> Any:
    """Return the setting ``class_weight`` with class numbers instead of labels.

    Raises:
        UsageError: If a label has no weight, or what has one is no label.
    """
    if not isinstance(weight, Mapping):
        return weight
    if set(weight) != set(classes):
        raise UsageError(
            f"class_weight에는 모든 라벨이 있어야 합니다: {list(classes)}",
            f"class_weight must name every label: {list(classes)}. Received: {list(weight)}",
        )
    return {number: weight[label] for number, label in enumerate(classes)}


def changed(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments with others in their place.

    Options of the network, tokenizer or cleaning change one by one, and are left behind where
    another network, tokenizer or cleaning is given.
    """
    merged = dict(base)
    for options, owner in OPTIONS_OF.items():
        if owner in given and given[owner] != merged.get(owner):
            merged.pop(options, None)
    for name, value in given.items():
        mixed = name in OPTIONS_OF and isinstance(value, Mapping)
        merged[name] = {**merged.get(name, {}), **value} if mixed else value
    return merged


def _values(given: ClassifierSettings, declared: type[Any]) -> dict[str, Any]:
    return {name: to_python(getattr(given, name)) for name in settings_of(declared)}


def _check_fixed(given: ClassifierSettings, encoder: TextEncoder) -> None:
    """Refuse training texts that are drawn anew: their scores could come from themselves.

    Raises:
        UsageError: If they are.
    """
    if given.augment is not None or encoder.tokenizer.draws:
        name = given.architecture
        raise UsageError(
            f"'{name}' 신경망은 augment나 토크나이저의 alpha와 함께 쓸 수 없습니다. 빼세요",
            f"the network '{name}' goes together neither with augment nor with a tokenizer's "
            "alpha; leave it out",
        )
