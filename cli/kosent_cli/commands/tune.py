"""``kosent tune``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from kosent.errors import UsageError
from kosent.language import said
from kosent.models.settings import OPTIONS_OF
from kosent.recipes import EnsembleRecipe, Recipe, load_recipe
from kosent.support.paths import user_path
from kosent.tuning.config import Budget, SearchConfig, config_of, no_several
from kosent.tuning.search import SearchResult, resume_search, search
from kosent.tuning.space import read_space
from kosent_cli.commands import COMMANDS
from kosent_cli.corpus_options import GroupedCommand, GroupedOption, engine_option
from kosent_cli.options import page
from kosent_cli.output import emit_json, emit_lines
from kosent_cli.progress import display
from kosent_cli.session import Session, pass_session
from kosent_cli.tables import table
from kosent_cli.training_options import asked_for, network_options

EXAMPLES = """\
kosent tune --corpus finance --recipe fast --trials 30
kosent tune --corpus reviews.csv --model gru --tokenizer jamo --minutes 60 --jobs 2
kosent tune --corpus reviews.csv --model lstm --space space.toml --out runs/search
kosent tune --resume runs/search --trials 50
"""
KOREAN = """\
신경망이나 레시피의 설정을 Optuna로 찾습니다 (pip install 'kosent[tune]'). 학습 자료에서 떼어 낸
검증 자료만 보고, 시험 자료는 보지 않습니다. 옵션으로 정한 설정은 그대로 두고, 레시피의 값에서
시작합니다.

나아지지 않는 학습은 일찍 멈춥니다. 남는 것은 kosent train --recipe가 받는 best.toml과
trials.csv입니다.
"""
ENGLISH = """\
Searches the settings of a network or recipe with Optuna (pip install 'kosent[tune]'), on the
validation split that is cut off the training split; the test split is not looked at. Settings that
are given as options stay, and the search begins with those of the recipe.

Trials that fall behind are stopped early. What it leaves is best.toml, which kosent train --recipe
takes, and trials.csv.
"""
_NEWEST = "newest"
_SHOWN = 10  # trials in the table that is printed


@click.command(
    "tune", cls=GroupedCommand, help=page(COMMANDS["tune"].summary, EXAMPLES, KOREAN, ENGLISH)
)
@network_options
@click.option(
    "--space",
    cls=GroupedOption,
    group="search",
    metavar="FILE",
    help=said("찾을 설정과 범위, TOML", "what to search and how far, TOML"),
)
@click.option(
    "--metric",
    cls=GroupedOption,
    group="search",
    type=click.Choice(("macro_f1", "accuracy")),
    help=said("높일 검증 값", "validation figure to raise") + "  [macro_f1]",
)
@click.option(
    "--trials",
    cls=GroupedOption,
    group="search",
    type=int,
    default=Budget().trials,
    help=said("학습할 횟수", "trainings in all") + f"  [{Budget().trials}]",
)
@click.option(
    "--minutes",
    cls=GroupedOption,
    group="search",
    type=float,
    help=said("이만큼 지나면 그만둠", "stop after so many minutes"),
)
@click.option(
    "--jobs",
    cls=GroupedOption,
    group="search",
    type=int,
    help=said("함께 학습할 수", "trainings at once") + "  [1]",
)
@engine_option("search")
@pass_session
def command(
    session: Session,
    /,
    resume: str | None,
    as_json: bool,
    trials: int,
    minutes: float | None,
    jobs: int | None,
    engine: str | None,
    **given: Any,
) -> None:
    """Search, or go on with a search, and print the table."""
    budget = Budget(trials, minutes, jobs, engine)
    out = given.pop("out")
    with display(session) as listener:
        if resume is not None:
            _refuse(given | {"out": out})
            folder = None if resume == _NEWEST else user_path(resume)
            found = resume_search(folder, budget, listener=listener)
        else:
            found = search(_config(given), budget, folder=out, listener=listener)
    if as_json:
        emit_json(_document(found))
    else:
        emit_lines(_lines(found))


def _refuse(given: dict[str, Any]) -> None:
    used = [name for name, value in given.items() if value is not None]
    if used:
        raise UsageError(
            f"--resume은 그 찾기의 설정을 그대로 씁니다. 빼고 다시 하세요: {', '.join(used)}",
            f"--resume goes on with the search's own settings; leave out: {', '.join(used)}",
        )


def _config(given: dict[str, Any]) -> SearchConfig:
    name, space = given.pop("recipe"), given.pop("space")
    metric = given.pop("metric") or "macro_f1"
    recipe = _single(load_recipe(name)) if name is not None else None
    run, chosen = asked_for(recipe, given)
    if [run.pop(name) for name in ("label_separator", "label_columns")] != [None, ()]:
        raise no_several()
    classifier = chosen if recipe is None else recipe.changed(chosen).classifier
    return config_of(
        classifier=classifier,
        given=_fixed(chosen),
        space=None if space is None else read_space(space),
        metric=metric,
        **run,
    )


def _single(recipe: Recipe | EnsembleRecipe) -> Recipe:
    if isinstance(recipe, Recipe):
        return recipe
    raise UsageError(
        f"'{recipe.name}'은(는) 여러 모델의 레시피입니다. 하나의 레시피를 주세요",
        f"the recipe '{recipe.name}' is one of several models; name one of a single model",
    )


def _fixed(chosen: dict[str, Any]) -> list[str]:
    """Return the names of the settings that were given, options of a network each by its own."""
    names = [name for name in chosen if name not in OPTIONS_OF]
    for owner in OPTIONS_OF:
        names += [f"{owner}.{option}" for option in chosen.get(owner) or {}]
    return names


def _document(found: SearchResult) -> dict[str, Any]:
    return {
        "folder": str(found.folder),
        "recipe": str(found.recipe),
        "best": asdict(found.best),
        "trials": [asdict(trial) for trial in found.trials],
        "seconds": round(found.seconds, 1),
    }


def _lines(found: SearchResult) -> list[str]:
    complete = [trial for trial in found.trials if trial.value is not None]
    complete.sort(key=lambda trial: -(trial.value or 0.0))
    names = list(dict.fromkeys(name for trial in complete for name in trial.chosen))
    rows = [["", said("검증", "validation"), "s", *(name.rpartition(".")[2] for name in names)]]
    for trial in complete[:_SHOWN]:
        figures = [str(trial.number), f"{trial.value:.4f}", f"{trial.seconds:.1f}"]
        rows.append([*figures, *(_shown(trial.chosen.get(name)) for name in names)])
    states = [trial.state for trial in found.trials]
    counts = said(
        f"끝까지 {states.count('complete')}, 일찍 멈춤 {states.count('pruned')}, "
        f"안 됨 {states.count('failed')}",
        f"complete {states.count('complete')}, stopped early {states.count('pruned')}, "
        f"failed {states.count('failed')}",
    )
    ready = f"kosent train --recipe {found.recipe}"
    return [*table(rows, right=range(len(rows[0]))), counts, f"{said('학습', 'train')}: {ready}"]


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
