"""Options of commands that read a corpus or train; those that only predict do without this file."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from typing import Any

import click

from kosent.errors import UsageError
from kosent.language import said
from kosent.support.executors import ENGINES
from kosent_cli.options import Command, Function

_MOST_LENGTHS = 10_000


# The groups of the options of commands that train, in the order of their help.
GROUPS = {
    "data": ("자료", "Data"),
    "auto": ("auto: 신경망을 정하지 않았을 때", "auto, where no network is named"),
    "text": ("글에서 번호까지", "Text to ids"),
    "network": ("신경망", "Network"),
    "training": ("학습", "Training"),
    "search": ("찾기", "Search"),
    "output": ("출력", "Output"),
}


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


def engine_option(group: str = "output") -> Callable[[Function], Function]:
    """Return ``--engine``: where trainings run.

    Args:
        group: A key of ``GROUPS``.
    """
    words = said("Ray 클러스터에서 학습", "train on a Ray cluster")
    return click.option(
        "--engine", cls=GroupedOption, group=group, type=click.Choice(ENGINES), help=words
    )


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


def multilabel_option(function: Function) -> Function:
    """Add ``--multilabel``, as commands that train have it."""
    from kosent.models.settings import ClassifierSettings
    from kosent.support.settings import settings_of

    declared = settings_of(ClassifierSettings)["multilabel"]
    words = said(declared.korean, declared.english)
    return click.option("--multilabel", is_flag=True, help=words)(function)


def label_set_options(function: Function) -> Function:
    """Add ``--label-separator`` and ``--label-columns``: how several labels a text are written."""
    function = click.option(
        "--label-columns",
        cls=GroupedOption,
        group="data",
        metavar="NAME,...",
        callback=names,
        help=said(
            "라벨마다 0과 1의 열, 쉼표로 나눔 (--multilabel)",
            "columns of 0 and 1, one a label, with commas between (--multilabel)",
        ),
    )(function)
    return click.option(
        "--label-separator",
        cls=GroupedOption,
        group="data",
        metavar="MARK",
        help=said(
            "한 칸에서 라벨 사이의 기호 (--multilabel; 기본: | ; , 가운데 찾음)",
            "what stands between the labels of a cell (--multilabel; default: one of | ; , is "
            "found)",
        ),
    )(function)


def names(ctx: click.Context, param: click.Parameter, given: str | None) -> list[str] | None:
    """Read names with commas between them, quoted as in CSV where a name has one."""
    if given is None:
        return None
    found = [name.strip() for name in next(csv.reader([given], skipinitialspace=True), [])]
    if not all(found):
        raise click.BadParameter(f"{given!r}: NAME,NAME", ctx, param)
    return found


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
        label_set_options,
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
