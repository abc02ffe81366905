"""The arguments of a classifier: checked, and handed to those whom they concern."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kosent import architectures
from kosent.errors import UsageError
from kosent.support.checks import check_switch
from kosent.support.plain import to_python
from kosent.text.augmentation import check_augment
from kosent.text.encoding.encoder import TextEncoder
from kosent.training.settings import default_batch_size
from kosent.training.splits import SPLIT_SETTINGS, check_hold_out

if TYPE_CHECKING:
    from kosent.metrics.report import Label
    from kosent.training.settings import TrainingSettings


def check_arguments(arguments: Mapping[str, Any]) -> None:
    """Refuse wrong arguments of a classifier.

    Raises:
        UsageError: If a name or setting cannot be used.
    """
    architectures.check(arguments["architecture"], arguments["architecture_options"] or {})
    encoder = new_encoder(arguments)
    check_augment(arguments["augment"])
    if architectures.scored(arguments["architecture"]):
        _check_fixed(encoder, arguments)
    weight = arguments["class_weight"]
    training_settings(arguments, 1, None if isinstance(weight, Mapping) else weight)
    check_hold_out(to_python(arguments["validation_fraction"]), arguments["validation"])
    check_switch("calibrate", to_python(arguments["calibrate"]))


def _check_fixed(encoder: TextEncoder, arguments: Mapping[str, Any]) -> None:
    """Refuse training texts that are drawn anew: their scores could come from themselves.

    Raises:
        UsageError: If they are.
    """
    if arguments["augment"] is not None or encoder.tokenizer.draws:
        name = arguments["architecture"]
        raise UsageError(
            f"'{name}' 신경망은 augment나 토크나이저의 alpha와 함께 쓸 수 없습니다. 빼세요",
            f"the network '{name}' goes together neither with augment nor with a tokenizer's "
            "alpha; leave it out",
        )


def new_encoder(arguments: Mapping[str, Any]) -> TextEncoder:
    """Make the encoder that the arguments describe, not fitted."""
    return TextEncoder(
        arguments["tokenizer"],
        cleaning=arguments["cleaning"],
        vocabulary_size=to_python(arguments["vocabulary_size"]),
        min_count=to_python(arguments["min_count"]),
        max_length=to_python(arguments["max_length"]),
        tokenizer_options=to_python(arguments["tokenizer_options"]),
        cleaning_options=to_python(arguments["cleaning_options"]),
        truncate=arguments["truncate"],
        drop_unknown=to_python(arguments["drop_unknown"]),
    )


def training_settings(
    arguments: Mapping[str, Any], rows: int, class_weight: Any
) -> TrainingSettings:
    """Return the arguments that concern training.

    Args:
        arguments: Those of the classifier.
        rows: Texts to learn from.
        class_weight: Weights by class number, ``"balanced"`` or ``None``.
    """
    from kosent.training.settings import TrainingSettings

    names = (
        "epochs",
        "learning_rate",
        "optimizer",
        "patience",
        "monitor",
        "schedule",
        "reduce_factor",
        "reduce_patience",
        "label_smoothing",
        "seed",
    )
    batch_size = arguments["batch_size"]
    return TrainingSettings(
        batch_size=default_batch_size(rows) if batch_size is None else to_python(batch_size),
        class_weight=to_python(class_weight),
        **{name: to_python(arguments[name]) for name in names},
    )


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


def split_settings(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of ``TextClassifier`` that decide the split, defaults filled in."""
    from kosent.models.classifier import TextClassifier

    parameters = TextClassifier(**arguments).get_params()
    found: dict[str, Any] = to_python({name: parameters[name] for name in SPLIT_SETTINGS})
    return found
