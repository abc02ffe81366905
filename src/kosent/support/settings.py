"""Settings that are declared once.

A setting is a field of a dataclass: its type and default stand there, and with them, in
:func:`setting`, its rule, one sentence in each language and the option that sets it on the command
line. From this one declaration come the constructor, the checks, ``get_params``, the options of
``kosent train``, the keys of recipes, ``kosent list``, the table in the docs and the tests of its
bounds. scikit-learn's ``_parameter_constraints`` and the ``Options`` classes of llm are the models.
"""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from typing import Any, TypeVar

from kosent.support.rules import Rule

_KEY = "kosent"
Class = TypeVar("Class", bound=type[Any])


@dataclass(frozen=True, slots=True)
class Setting:
    """The declaration of a setting.

    Attributes:
        name: Its name.
        default: Its default.
        rule: What its value must be.
        korean: What it is, one sentence.
        english: The same in English.
        group: The part of a system that it belongs to: ``"text"``, ``"network"``, ``"training"``.
        flag: The option on the command line, None where it is the name, empty where there is none.
        by_data: None stands for a value that the training texts decide.
    """

    name: str
    default: Any
    rule: Rule
    korean: str
    english: str
    group: str = "training"
    flag: str | None = None
    by_data: bool = False

    @property
    def option(self) -> str:
        """The option on the command line; empty where there is none."""
        return "--" + self.name.replace("_", "-") if self.flag is None else self.flag


def setting(
    default: Any,
    rule: Rule,
    *,
    ko: str,
    en: str,
    group: str = "training",
    flag: str | None = None,
    by_data: bool = False,
) -> Any:
    """Declare a setting as a field of a dataclass.

    Args:
        default: Its default; immutable.
        rule: What its value must be.
        ko: What it is, one Korean sentence without a full stop.
        en: The same in English.
        group: The part of a system that it belongs to.
        flag: The option on the command line; by default its name, and none where it is empty.
        by_data: ``default`` is None and stands for a value that the training texts decide.
    """
    declared = Setting("", default, rule, ko, en, group, flag, by_data)
    return field(default=default, metadata={_KEY: declared})


def positional(declared: type[Any], name: str) -> Any:
    """Give a setting of a base class as the field of a subclass that takes it by position."""
    each = declared.__dataclass_fields__[name]
    return field(default=each.default, metadata=each.metadata, kw_only=False)


def by_data(declared: type[Any], name: str, *, ko: str, en: str) -> Any:
    """Give a setting of a base class as one that the training texts decide where it is None.

    Args:
        declared: The class that declares it.
        name: Its name.
        ko: What it is then, one Korean sentence without a full stop.
        en: The same in English.
    """
    base = settings_of(declared)[name]
    changed = replace(base, default=None, korean=ko, english=en, by_data=True)
    return field(default=None, metadata={_KEY: changed})


def settings_of(declared: type[Any]) -> dict[str, Setting]:
    """Return the settings that a dataclass declares or inherits, by their names."""
    return {
        each.name: replace(each.metadata[_KEY], name=each.name)
        for each in fields(declared)
        if _KEY in each.metadata
    }


def check(given: object) -> None:
    """Check all settings of an instance of a dataclass that declares them.

    Raises:
        UsageError: If a value cannot be used.
    """
    for name, each in settings_of(type(given)).items():
        value = getattr(given, name)
        if value is not None or not each.by_data:
            each.rule.check(name, value)


def documented(declared: Class) -> Class:
    """Add the settings of a class to its docstring, as the arguments of its constructor."""
    lines = [
        f"        {each.name}: {each.english[:1].upper()}{each.english[1:]}. Default: "
        f"``{each.default!r}``."
        for each in settings_of(declared).values()
    ]
    doc = declared.__doc__ or ""
    declared.__doc__ = doc.replace("{settings}", "\n".join(["Args:", *lines]))
    return declared


class Checked:
    """Base of settings that are checked when they are made, and then do not change.

    An estimator, which inherits such settings too, overrides ``__post_init__``: scikit-learn's
    constructors only store their arguments.
    """

    def __post_init__(self) -> None:
        """Check, and close."""
        check(self)
        object.__setattr__(self, "_closed", True)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse a change.

        Raises:
            FrozenInstanceError: If the settings are made already.
        """
        if getattr(self, "_closed", False):
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super().__setattr__(name, value)
