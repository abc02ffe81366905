"""What the commands that train share: their options, and how a result is printed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from kosent.errors import UsageError
from kosent.metrics.report import Report
from kosent.models.classifier import TextClassifier
from kosent.recipes import EnsembleRecipe, Recipe
from kosent.runs.ensemble import EnsembleResult
from kosent.runs.folders import latest_unfinished
from kosent.runs.run import RunResult
from kosent.text.tokenizers.okt.dictionary import read_words
from kosent_cli.options import (
    Function,
    cleaning_set_option,
    column_options,
    json_option,
    key_values,
    tokenizer_set_option,
)
from kosent_cli.output import emit_json, emit_lines
from kosent_cli.reports import report_lines

_DEFAULTS = inspect.signature(TextClassifier).parameters
_NEWEST = "newest"  # --resume without a value; a folder of that name is ./newest
_RUN = ("corpus", "text_column", "label_column", "limit")

Result = RunResult | EnsembleResult


def _setting(flag: str, parameter: str, kind: Any, help: str) -> Callable[[Function], Function]:
    """Declare an option that is an argument of ``TextClassifier`` and has its default."""
    default = _DEFAULTS[parameter].default
    shown = "" if default is None or parameter == "cleaning" else f"  [{default}]"
    return click.option(flag, parameter, type=kind, help=help + shown)


_OPTIONS: tuple[Callable[[Function], Function], ...] = (
    click.option(
        "--corpus", metavar="NAME|PATH", help="말뭉치 이름이나 파일 경로 / corpus name or path"
    ),
    click.option(
        "--recipe",
        metavar="NAME|FILE",
        help="레시피, 다른 옵션이 앞섬 / recipe, or your .toml; other options go before it",
    ),
    column_options,
    click.option(
        "--limit", type=int, help="자료마다 쓸 글 수 / use at most this many rows a split"
    ),
    _setting("--model", "architecture", str, "신경망 / network"),
    _setting("--tokenizer", "tokenizer", str, "토크나이저 / tokenizer"),
    _setting(
        "--cleaning", "cleaning", str, "텍스트 정리 / cleaning preset  [언어에 따라 / by language]"
    ),
    _setting("--vocabulary-size", "vocabulary_size", int, "어휘 크기 / most token ids"),
    _setting("--min-count", "min_count", int, "토큰의 최소 빈도 / rarer tokens become unknown"),
    _setting("--max-length", "max_length", int, "글마다 쓸 토큰 수 / tokens kept of a text"),
    _setting("--epochs", "epochs", int, "최대 에포크 / epochs at most"),
    _setting("--batch-size", "batch_size", int, "배치 크기 / texts a batch"),
    _setting("--learning-rate", "learning_rate", float, "학습률 / step size at the start"),
    _setting("--optimizer", "optimizer", str, "옵티마이저 / optimizer"),
    _setting("--patience", "patience", int, "나아지지 않아도 기다릴 에포크 / epochs without gain"),
    _setting(
        "--monitor", "monitor", str, "멈출 때를 정할 값 / accuracy or loss decides on stopping"
    ),
    _setting("--schedule", "schedule", str, "학습률 일정 / plateau or linear: how the rate falls"),
    _setting("--reduce-factor", "reduce_factor", float, "학습률을 줄일 배수 / factor at a plateau"),
    _setting(
        "--reduce-patience",
        "reduce_patience",
        int,
        "학습률을 줄이기까지 에포크 / epochs to a plateau",
    ),
    _setting(
        "--label-smoothing",
        "label_smoothing",
        float,
        "모든 라벨에 나눌 몫 / share dealt to all labels",
    ),
    _setting(
        "--truncate", "truncate", str, "긴 글에서 버릴 쪽 / post cuts the end, pre the beginning"
    ),
    _setting(
        "--validation-fraction", "validation_fraction", float, "검증에 쓸 몫 / share for validation"
    ),
    _setting("--validation", "validation", str, "검증에 쓸 글 / random texts, or the last ones"),
    _setting(
        "--class-weight",
        "class_weight",
        click.Choice(["none", "balanced"]),
        "라벨 가중치 / weights of the labels",
    ),
    _setting("--augment", "augment", str, "noise: 학습 글을 흩뜨림 / noise in the training texts"),
    click.option(
        "--calibrate/--no-calibrate",
        default=None,
        help="검증 자료로 확률 보정 / fit a temperature on validation  [calibrate]",
    ),
    _setting("--seed", "seed", int, "난수 시드 / seed"),
    click.option(
        "--set",
        "architecture_options",
        metavar="KEY=VALUE",
        callback=key_values,
        multiple=True,
        help="신경망 설정, 값은 JSON / option of the network",
    ),
    tokenizer_set_option,
    click.option(
        "--user-dictionary",
        "user_dictionary",
        metavar="FILE",
        help="okt의 사용자 사전: 줄마다 낱말과 품사 / words and tags for okt, a line each",
    ),
    cleaning_set_option,
    click.option("--out", metavar="DIR", help="학습 폴더 (기본: runs/ 아래) / run folder"),
    click.option(
        "--resume",
        metavar="[RUN]",
        is_flag=False,
        flag_value=_NEWEST,
        help="끊긴 학습을 이어서 (기본: 마지막 것) / go on with a killed run (default: the latest)",
    ),
    json_option,
)


def training_options(function: Function) -> Function:
    """Add the options that decide a run, ``--out``, ``--resume`` and ``--json``."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def resumed_folder(resume: str, given: dict[str, Any]) -> Path:
    """Return the run that is to go on.

    Args:
        resume: The value of ``--resume``.
        given: All options that decide a run.

    Raises:
        UsageError: If any of them is given, or there is no such run.
    """
    used = [name for name, value in given.items() if value is not None]
    if used:
        raise click.UsageError(
            f"--resume goes on with the run's own settings; leave out: {', '.join(used)}"
        )
    return latest_unfinished() if resume == _NEWEST else Path(resume)


def asked_for(
    recipe: Recipe | EnsembleRecipe | None, given: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what was asked; what was not given is left to the library's defaults.

    Args:
        recipe: Where the corpus comes from if none was named.
        given: The options.

    Returns:
        What concerns the corpus, and the arguments of ``TextClassifier`` that were given.

    Raises:
        UsageError: If there is no corpus.
    """
    given = dict(given)
    if recipe is not None and given["corpus"] is None:
        given["corpus"] = recipe.corpus
    if given["corpus"] is None:
        raise UsageError(
            "--corpus로 말뭉치 이름이나 파일 경로를(예: --corpus nsmc), 또는 --recipe를 지정하세요",
            "name a corpus or a file with --corpus (such as --corpus nsmc), or a --recipe",
        )
    run = {name: given.pop(name) for name in _RUN}
    if given["class_weight"] == "none":
        given["class_weight"] = None
    path = given.pop("user_dictionary")
    if path is not None:
        options = dict(given["tokenizer_options"] or {})
        given["tokenizer_options"] = {**options, "user_dictionary": read_words(path)}
    return run, {name: value for name, value in given.items() if value is not None}


def emit_result(result: Result, as_json: bool) -> None:
    """Print a finished run."""
    if as_json:
        emit_json(_document(result))
    else:
        emit_lines(_lines(result))


def _document(result: Result) -> dict[str, Any]:
    single = None if isinstance(result, EnsembleResult) else result
    info = single.classifier.info_ if single else {}
    taught = {name: info[name] for name in ("teacher", "rows") if "teacher" in info}
    return {
        "validation": result.validation.to_dict(),
        "test": result.test.to_dict() if result.test else None,
        "bundle": str(result.bundle),
        "folder": str(result.folder),
        "seconds": round(result.seconds, 1),
        "int8": single.int8.to_dict() if single and single.int8 else None,
        **taught,
    }


def _lines(result: Result) -> list[str]:
    reports: list[tuple[str, Report | None]] = [
        ("검증 / validation", result.validation),
        ("시험 / test", result.test),
    ]
    lines: list[str] = []
    for title, report in reports:
        if report is not None:
            lines += [title, *report_lines(report), ""]
    lines.append(f"모델 / model: {result.bundle}")
    if not isinstance(result, EnsembleResult):
        lines += [*_taught(result), *_int8(result)]
    return [*lines, f"시간 / time: {result.seconds:.1f} s"]


def _taught(result: RunResult) -> list[str]:
    """Say how many texts a student learned from."""
    info = result.classifier.info_
    if "teacher" not in info:
        return []
    rows, teacher = info["rows"], info["teacher"]
    return [
        f"선생 / teacher: {teacher['model']}, 라벨 있는 글 / texts with labels {rows['train']:,} "
        f"(선생의 몫 / its share {teacher['share']:g}), 라벨 없는 글 / without labels "
        f"{rows.get('unlabelled', 0):,}"
    ]


def _int8(result: RunResult) -> list[str]:
    done = result.int8
    if done is None:
        return []
    return [
        f"int8: {done.path} ({done.size:,} bytes), 검증 정확도 / validation accuracy "
        f"{done.before:.4f} -> {done.after:.4f}"
    ]
