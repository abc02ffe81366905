"""What commands share: their class, common options, and how values are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from kosent.errors import UsageError
from kosent.language import Message, language, said, shown
from kosent_cli.output import say

Function = TypeVar("Function", bound=Callable[..., Any])


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
            "모델 폴더나 .kosent 파일, 또는 hf:owner/name (기본: 마지막 학습)",
            "folder or .kosent file of the model, or hf:owner/name (default: the latest trained)",
        ),
    )(function)


def _probability(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    given: float | None,
) -> float | None:
    if given is not None:
        from kosent.prediction.min_confidence import check_min_confidence

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


def choose_bundle(given: str | None) -> Path:
    """Return the model to use, and say which where the user did not.

    Args:
        given: A bundle, a run folder that holds one, or ``hf:owner/name``; the newest below
            ``runs/`` when ``None``, and the packaged model where nothing was trained.
    """
    from kosent.bundles.place import located, within
    from kosent.runs.latest import latest_bundle

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
    return within(located(given))
