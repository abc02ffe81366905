"""A run that the command line asked for: of one model or of several, new or to go on with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kosent.errors import UsageError
from kosent.recipes import EnsembleRecipe, Recipe, load_recipe
from kosent.runs.config import EnsembleConfig, RunConfig, is_ensemble_run
from kosent.runs.ensemble import resume_ensemble, train_ensemble
from kosent.runs.run import resume_run, train_run
from kosent.support.progress import Listener
from kosent_cli.progress import display
from kosent_cli.report_files import write_of_run
from kosent_cli.session import Session
from kosent_cli.training_options import Result, emit_result, resumed_folder

Config = RunConfig | EnsembleConfig
Configure = Callable[[Recipe | EnsembleRecipe | None, dict[str, Any]], Config]


def run(session: Session, given: dict[str, Any], configure: Configure) -> None:
    """Train, or go on with a run, and print the report.

    Args:
        session: The call.
        given: All options of the command, by name.
        configure: Turns those that decide a run into its configuration.

    Raises:
        UsageError: If ``--jobs`` or ``--engine`` is given, and there is one model only.
    """
    where = {name: given.pop(name) for name in ("jobs", "engine")}
    as_json, texts = given.pop("as_json"), not given.pop("no_texts")
    resume = given.pop("resume")
    if resume is not None:
        session.run_folder = resumed_folder(resume, given)
        with display(session) as listener:
            result = _go_on(session.run_folder, where, listener)
    else:
        folder, name = given.pop("out"), given.pop("recipe")
        recipe = load_recipe(name) if name is not None else None
        config = configure(recipe, given)
        with display(session) as listener:
            begin = {"folder": folder, "began": session.begin, "listener": listener}
            result = _train(config, recipe, where, begin)
    made_by = session.command if resume is None else None
    report = write_of_run(session, result.folder, texts, made_by)
    emit_result(result, as_json, report)


def _train(
    config: Config,
    recipe: Recipe | EnsembleRecipe | None,
    where: dict[str, Any],
    begin: dict[str, Any],
) -> Result:
    if isinstance(config, EnsembleConfig):
        name = recipe.name if recipe else "ensemble"
        return train_ensemble(config, name=name, **where, **begin)
    _refuse(where)
    return train_run(config, **begin)


def _go_on(folder: Path, where: dict[str, Any], listener: Listener) -> Result:
    if is_ensemble_run(folder):
        return resume_ensemble(folder, listener=listener, **where)
    _refuse(where)
    return resume_run(folder, listener=listener)


def _refuse(where: dict[str, Any]) -> None:
    if any(value is not None for value in where.values()):
        raise UsageError(
            "--jobs와 --engine은 모델이 여럿인 레시피에만 씁니다",
            "--jobs and --engine go with a recipe of several models only",
        )
