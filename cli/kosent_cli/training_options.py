"""What the commands that train share: their options, and how a result is printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from kosent.errors import UsageError
from kosent.language import said
from kosent.metrics.multilabel import MultilabelReport
from kosent.metrics.report import Report
from kosent.models.settings import ClassifierSettings
from kosent.recipes import EnsembleRecipe, Recipe
from kosent.runs.config import EnsembleConfig, RunConfig
from kosent.runs.ensemble import EnsembleResult
from kosent.runs.folders import latest_unfinished
from kosent.runs.run import RunResult
from kosent.support.paths import user_path
from kosent.support.settings import Setting, settings_of
from kosent.text.tokenizers.okt.dictionary import read_words
from kosent_cli.auto_table import tried_lines
from kosent_cli.corpus_options import (
    GroupedOption,
    column_options,
    engine_option,
    key_values,
    label_set_options,
)
from kosent_cli.options import Function, json_option
from kosent_cli.output import emit_json, emit_lines
from kosent_cli.reports import report_lines

_NEWEST = "newest"  # --resume without a value; a folder of that name is ./newest
_RUN = ("corpus", "text_column", "label_column", "limit", "label_separator", "label_columns")
_OF_NETWORKS = ("text", "network", "training")  # groups of settings
_NONE = "none"  # instead of None, which a command line cannot say
_LONGEST_LIST = 40  # characters of names that stand in the help instead of NAME

Result = RunResult | EnsembleResult
Decorator = Callable[[Function], Function]


def _option(declared: Setting) -> Decorator[Any]:
    """Return the option of a declared setting."""
    rule, words = declared.rule, (declared.korean, declared.english)
    if rule.kind is dict:
        words = (f"{words[0]}, 값은 JSON", f"{words[1]}; values are JSON")
        how: dict[str, Any] = {"metavar": "KEY=VALUE", "callback": key_values, "multiple": True}
    elif rule.kind is bool:
        how = {"default": None}
    elif rule.names and declared.default is None and _NONE in rule.names:
        how = {"type": click.Choice(rule.names)}
    else:
        listed = "|".join(rule.names)
        names = listed if len(listed) <= _LONGEST_LIST else "NAME"
        how = {"type": rule.kind, "metavar": rule.shown or names or None}
    # On the command line the corpus decides on the cleaning, not its default.
    by_default = None if declared.name == "cleaning" else declared.default
    shown = "" if by_default is None else f"  [{by_default}]"
    help_text = said(*words) + shown
    flags = declared.option
    if rule.kind is bool:
        flags += f"/--no-{declared.option.removeprefix('--')}"
    return click.option(
        flags, declared.name, cls=GroupedOption, group=declared.group, help=help_text, **how
    )


def _plain(group: str, *names: str, ko: str, en: str, **rest: Any) -> Decorator[Any]:
    """Return an option that is no setting of a classifier."""
    return click.option(*names, cls=GroupedOption, group=group, help=said(ko, en), **rest)


_DATA: tuple[Decorator[Any], ...] = (
    _plain(
        "data",
        "--corpus",
        metavar="NAME|PATH",
        ko="말뭉치 이름이나 파일 경로",
        en="corpus by its name, or the path of a file or folder of your own",
    ),
    _plain(
        "data",
        "--recipe",
        metavar="NAME|FILE",
        ko="레시피의 이름이나 .toml 파일; 다른 옵션이 앞섬",
        en="recipe by its name, or your .toml; other options go before it",
    ),
    column_options,
    label_set_options,
    _plain(
        "data", "--limit", type=int, ko="자료마다 쓸 글 수", en="use at most this many rows a split"
    ),
)
_DICTIONARY = _plain(
    "text",
    "--user-dictionary",
    "user_dictionary",
    metavar="FILE",
    ko="okt의 사용자 사전: 줄마다 낱말과 품사",
    en="words and tags for okt, a line each",
)
_OUTPUT: tuple[Decorator[Any], ...] = (
    _plain(
        "output",
        "--out",
        metavar="DIR",
        ko="학습 폴더 (기본: runs/ 아래)",
        en="run folder (default: below runs/)",
    ),
    _plain(
        "output",
        "--resume",
        metavar="[RUN]",
        is_flag=False,
        flag_value=_NEWEST,
        ko="끊긴 학습을 이어서 (기본: 마지막 것)",
        en="go on with a killed run (default: the latest)",
    ),
    json_option,
)


def _options(groups: Sequence[str]) -> list[Decorator[Any]]:
    """Return the options of some groups of settings among all others, in the order of the help."""
    declared = settings_of(ClassifierSettings).values()
    found = {group: [_option(each) for each in declared if each.group == group] for group in groups}
    found["text"].append(_DICTIONARY)
    return [*_DATA, *(option for group in groups for option in found[group]), *_OUTPUT]


def training_options(function: Function) -> Function:
    """Add the options that decide a run, ``--out``, ``--resume`` and ``--json``."""
    return _added(function, ("auto", *_OF_NETWORKS))


def network_options(function: Function) -> Function:
    """Add the same options but those of ``auto``, for commands that train a network they know."""
    return _added(function, _OF_NETWORKS)


def members_options(function: Function) -> Function:
    """Add ``--jobs`` and ``--engine``, which say where the models of a recipe are trained."""
    jobs = _plain(
        "training",
        "--jobs",
        type=int,
        ko="앙상블의 모델을 함께 학습할 수 (기본: 코어 수)",
        en="models trained at once (default: cores)",
    )
    with_engine: Function = engine_option("training")(function)
    with_both: Function = jobs(with_engine)
    return with_both


def _added(function: Function, groups: Sequence[str]) -> Function:
    for option in reversed(_options(groups)):
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
        raise UsageError(
            f"--resume은 그 학습의 설정을 그대로 씁니다. 빼고 다시 하세요: {', '.join(used)}",
            f"--resume goes on with the run's own settings; leave out: {', '.join(used)}",
        )
    return latest_unfinished() if resume == _NEWEST else user_path(resume)


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
    run["label_columns"] = run["label_columns"] or ()
    if given["class_weight"] == _NONE:
        given["class_weight"] = None
    path = given.pop("user_dictionary")
    if path is not None:
        options = dict(given["tokenizer_options"] or {})
        given["tokenizer_options"] = {**options, "user_dictionary": read_words(path)}
    return run, {name: value for name, value in given.items() if value is not None}


def configured(
    recipe: Recipe | EnsembleRecipe | None, given: dict[str, Any]
) -> RunConfig | EnsembleConfig:
    """Return the configuration of what was asked, of one model or of a recipe's several."""
    run, chosen = asked_for(recipe, given)
    if isinstance(recipe, EnsembleRecipe):
        return EnsembleConfig(**run, members=recipe.changed(chosen).members, order=recipe.order)
    if recipe is not None:
        chosen = recipe.changed(chosen).classifier
    return RunConfig(**run, classifier=chosen, int8=recipe is not None and recipe.int8)


def emit_result(result: Result, as_json: bool, report: Path | None) -> None:
    """Print a finished run, and where its report is, if there is one."""
    written = None if report is None else str(report)
    if as_json:
        emit_json(_document(result) | {"report": written})
    else:
        emit_lines(
            [*_lines(result), *([f"{said('보고서', 'report')}: {written}"] if report else [])]
        )


def _document(result: Result) -> dict[str, Any]:
    single = None if isinstance(result, EnsembleResult) else result
    info = (result.ensemble if isinstance(result, EnsembleResult) else result.classifier).info_
    taught = {name: info[name] for name in ("teacher", "rows") if "teacher" in info}
    taught |= {"auto": info["auto"]} if "auto" in info else {}
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
    reports: list[tuple[str, Report | MultilabelReport | None]] = [
        (said("검증", "validation"), result.validation),
        (said("시험", "test"), result.test),
    ]
    single = None if isinstance(result, EnsembleResult) else result
    lines: list[str] = tried_lines(single.classifier.info_) if single else []
    for title, report in reports:
        if report is not None:
            lines += [title, *report_lines(report), ""]
    lines.append(f"{said('모델', 'model')}: {result.bundle}")
    lines += _taught(result)
    if single:
        lines += _int8(single)
    return [*lines, f"{said('시간', 'time')}: {result.seconds:.1f} s"]


def _taught(result: Result) -> list[str]:
    """Say how many texts a student learned from; members of an ensemble learn from the same."""
    if isinstance(result, EnsembleResult):
        facts, info = result.ensemble.info_, result.ensemble.members[0].info_
    else:
        facts = info = result.classifier.info_
    if "teacher" not in facts:
        return []
    rows, teacher = info["rows"], facts["teacher"]
    return [
        f"{said('선생', 'teacher')}: {teacher['model']}, "
        f"{said('라벨 있는 글', 'texts with labels')} {rows['train']:,} "
        f"({said('선생의 몫', 'its share')} {teacher['share']:g}), "
        f"{said('라벨 없는 글', 'without labels')} {rows.get('unlabelled', 0):,}"
    ]


def _int8(result: RunResult) -> list[str]:
    done = result.int8
    if done is None:
        return []
    return [
        f"int8: {done.path} ({done.size:,} bytes), {said('검증 정확도', 'validation accuracy')} "
        f"{done.before:.4f} -> {done.after:.4f}"
    ]
