"""What commands share: their class, common options, and how values are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from kosent.errors import UsageError
from kosent.support.language import Message, language, said, shown
from kosent_cli.output import say

Function = TypeVar("Function", bound=Callable[..., Any])

_MOST_LENGTHS = 10_000

# The groups of the options of commands that train, in the order of their help.
GROUPS = {
    "data": ("자료", "Data"),
    "text": ("글에서 번호까지", "Text to ids"),
    "network": ("신경망", "Network"),
    "training": ("학습", "Training"),
    "output": ("출력", "Output"),
}


_HEADINGS = {"Options": ("옵션", "Options"), "Commands": ("명령", "Commands")}


class _Formatter(click.HelpFormatter):
    """Writes what click itself says in a help in the reader's language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how the command is called."""
        korean = prefix is None and language() == "ko"
        super().write_usage(prog, args, "사용법: " if korean else prefix)

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        korean, english = _HEADINGS.get(heading, (heading, heading))
        super().write_heading(korean if language() == "ko" else english)


class _Context(click.Context):
    """A context whose help is written so."""

    formatter_class = _Formatter


def page(summary: Message, examples: str = "", korean: str = "", english: str = "") -> str:
    """Return the help of a command.

    Args:
        summary: What it does, as the table of commands says it.
        examples: Lines that call it, the same in both languages.
        korean: Paragraphs about it.
        english: The same in English.
    """
    first = shown(summary)
    called = (
        "\b\n" + "\n".join(f"  {line}" for line in examples.strip().split("\n")) if examples else ""
    )
    parts = (f"{first[:1].upper()}{first[1:]}.", called, said(korean, english) if korean else "")
    return "\n\n".join(filter(None, parts))


class Command(click.Command):
    """A command whose help speaks the reader's language."""

    context_class = _Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return ``--help``."""
        return _translated(super().get_help_option(ctx))


class GroupedOption(click.Option):
    """An option that the help shows under the heading of its group.

    Args:
        *declarations: As ``click.Option`` has them.
        group: A key of ``GROUPS``.
        **rest: As ``click.Option`` has them.
    """

    def __init__(self, *declarations: Any, group: str = "output", **rest: Any) -> None:
        super().__init__(*declarations, **rest)
        self.group = group


class GroupedCommand(Command):
    """A command whose help shows its options in groups."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a section for each group; options of no group stand in the last one."""
        groups: dict[str, list[tuple[str, str]]] = {name: [] for name in GROUPS}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None:
                groups[getattr(param, "group", "output")].append(record)
        for name, records in groups.items():
            if records:
                with formatter.section(said(*GROUPS[name])):
                    formatter.write_dl(records)


class Group(click.Group):
    """A group of commands; called alone it shows its help and counts as a wrong call."""

    command_class = Command
    context_class = _Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return ``--help``."""
        return _translated(super().get_help_option(ctx))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, once there is something to parse."""
        if not args and not ctx.resilient_parsing:  # click would show the help as an error
            click.echo(ctx.get_help(), err=True)
            ctx.exit(2)
        return super().parse_args(ctx, args)


def _translated(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = said("도움말을 보입니다", "show this help")
    return option


def key_values(
    ctx: click.Context, param: click.Parameter, given: tuple[str, ...]
) -> dict[str, Any] | None:
    """Read ``KEY=VALUE`` options; a value is JSON, or a plain string where it is not JSON."""
    settings: dict[str, Any] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise click.BadParameter(f"{pair!r}: KEY=VALUE", ctx, param)
        try:
            settings[key] = json.loads(value)
        except (ValueError, RecursionError):
            settings[key] = value
    return settings or None


def lengths(ctx: click.Context, param: click.Parameter, given: str | None) -> range | None:
    """Read ``START:STOP:STEP``, both ends included."""
    if given is None:
        return None
    parts = given.split(":")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts):
        raise click.BadParameter(f"{given!r}: START:STOP:STEP (10:100:10)", ctx, param)
    start, stop, step = (int(part[:18]) for part in parts)
    if step < 1 or stop < start or (stop - start) // step >= _MOST_LENGTHS:
        raise UsageError(
            f"--lengths {given!r}: 길이는 1개에서 {_MOST_LENGTHS:,}개까지 볼 수 있습니다",
            f"--lengths {given!r}: from 1 to {_MOST_LENGTHS:,} lengths can be looked at",
        )
    return range(start, stop + 1, step)


def json_option(function: Function) -> Function:
    """Add ``--json``."""
    return click.option(
        "--json",
        "as_json",
        is_flag=True,
        help=said("JSON 문서 하나로 출력", "print one JSON document"),
    )(function)


def bundle_option(function: Function) -> Function:
    """Add ``--bundle``."""
    return click.option(
        "--bundle",
        "bundle",
        metavar="PATH",
        help=said(
            "모델 폴더나 .kosent 파일 (기본: 마지막 학습)",
            "folder or .kosent file of the model (default: the latest trained)",
        ),
    )(function)


def _probability(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    given: float | None,
) -> float | None:
    from kosent.prediction.answers import check_min_confidence

    if given is not None:
        check_min_confidence(given)
    return given


def min_confidence_option(function: Function) -> Function:
    """Add ``--min-confidence``."""
    return click.option(
        "--min-confidence",
        type=float,
        metavar="P",
        callback=_probability,
        help=said("이 확률보다 낮은 답은 모르겠음", "answers less probable than this are unsure"),
    )(function)


def column_options(function: Function) -> Function:
    """Add ``--text-column`` and ``--label-column``."""
    for role, korean in (("label", "라벨"), ("text", "글")):
        function = click.option(
            f"--{role}-column",
            cls=GroupedOption,
            group="data",
            metavar="NAME",
            help=said(f"내 파일의 {korean} 열", f"{role} column of a file of your own"),
        )(function)
    return function


def scored_rows_options(function: Function) -> Function:
    """Add which rows a model is scored on: ``--corpus`` and ``kosent.evaluation.evaluate.Rows``."""
    from kosent.corpora.base import SPLITS

    rows = [
        click.option(
            "--corpus",
            metavar="NAME|PATH",
            help=said(
                "말뭉치 이름이나 파일 경로 (기본: 모델이 배운 것)",
                "corpus by its name or path (default: the one that the model learned from)",
            ),
        ),
        column_options,
        click.option(
            "--split",
            type=click.Choice(SPLITS),
            help=said(
                "자료 구분 (기본: test, 없으면 train)",
                "split of the corpus (default: test, else train)",
            ),
        ),
        click.option(
            "--limit", type=int, help=said("평가할 글 수", "score at most this many rows")
        ),
    ]
    for option in reversed(rows):
        function = option(function)
    return function


def cleaning_set_option(function: Function) -> Function:
    """Add ``--cleaning-set``."""
    return click.option(
        "--cleaning-set",
        "cleaning_options",
        metavar="RULE=VALUE",
        callback=key_values,
        multiple=True,
        help=said(
            "정리 규칙, 값은 JSON (repeats=2 urls=true)",
            "rule of the cleaning, its value is JSON (repeats=2 urls=true)",
        ),
    )(function)


def tokenizer_set_option(function: Function) -> Function:
    """Add ``--tokenizer-set``."""
    return click.option(
        "--tokenizer-set",
        "tokenizer_options",
        metavar="KEY=VALUE",
        callback=key_values,
        multiple=True,
        help=said("토크나이저 설정, 값은 JSON", "option of the tokenizer, its value is JSON"),
    )(function)


def choose_bundle(given: str | None) -> Path:
    """Return the model to use, and say which where the user did not.

    Args:
        given: A bundle, or a run folder that holds one; the newest below ``runs/`` when ``None``,
            and the packaged model where nothing was trained.
    """
    from kosent.bundles.manifest import MANIFEST
    from kosent.runs.latest import BUNDLE, latest_bundle
    from kosent.support.files import user_path

    if given is None:
        try:
            latest = latest_bundle()
        except UsageError:
            from kosent.models.pretrained import pretrained_path

            say(
                Message(
                    "모델: kosent에 들어 있는 한국어 영화평 모델",
                    "model: the packaged Korean model of movie reviews",
                )
            )
            return pretrained_path()
        say(f"{said('모델', 'model')}: {latest}")
        return latest
    path = user_path(given)
    inside = path / BUNDLE
    with suppress(OSError):  # reading the bundle will say it better
        if (inside / MANIFEST).is_file():
            return inside
    return path
