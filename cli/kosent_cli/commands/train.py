"""``kosent train``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kosent.errors import UsageError
from kosent.language import said
from kosent.recipes import EnsembleRecipe, Recipe, load_recipe
from kosent.runs.config import EnsembleConfig, RunConfig, is_ensemble_run
from kosent.runs.ensemble import resume_ensemble, train_ensemble
from kosent.runs.run import resume_run, train_run
from kosent.support.progress import Listener
from kosent_cli.commands import COMMANDS
from kosent_cli.corpus_options import GroupedCommand, GroupedOption, engine_option
from kosent_cli.options import page
from kosent_cli.progress import display
from kosent_cli.report_files import no_texts_option, write_of_run
from kosent_cli.session import Session, pass_session
from kosent_cli.training_options import (
    Result,
    asked_for,
    emit_result,
    resumed_folder,
    training_options,
)

EXAMPLES = """\
kosent train --corpus nsmc --tokenizer okt
kosent train --corpus reviews.csv --model lstm --set units=64
kosent train --recipe nsmc-lstm --epochs 3
kosent train --recipe NAME --jobs 2
kosent train --recipe NAME --engine ray
kosent train --resume
"""
KOREAN = """\
학습 폴더에 설정, 기록, 체크포인트, 모델이 남습니다.

레시피에 모델이 여럿이면 --jobs개씩 함께 학습하고 앙상블 하나로 저장합니다.
"""
ENGLISH = """\
The run folder keeps configuration, history, checkpoints and the model.

The models of a recipe with several are trained --jobs at once, and saved as one ensemble.
"""

Config = RunConfig | EnsembleConfig


@click.command(
    "train", cls=GroupedCommand, help=page(COMMANDS["train"].summary, EXAMPLES, KOREAN, ENGLISH)
)
@training_options
@click.option(
    "--jobs",
    cls=GroupedOption,
    group="training",
    type=int,
    help=said(
        "앙상블의 모델을 함께 학습할 수 (기본: 코어 수)", "models trained at once (default: cores)"
    ),
)
@engine_option("training")
@no_texts_option
@pass_session
def command(
    session: Session,
    /,
    resume: str | None,
    as_json: bool,
    jobs: int | None,
    engine: str | None,
    no_texts: bool,
    **given: Any,
) -> None:
    """Train, or go on with a run, and print the report."""
    where = {"jobs": jobs, "engine": engine}
    if resume is not None:
        session.run_folder = resumed_folder(resume, given)
        with display(session) as listener:
            result = _resume(session.run_folder, where, listener)
    else:
        out, name = given.pop("out"), given.pop("recipe")
        recipe = load_recipe(name) if name is not None else None
        config = _config(recipe, given)
        with display(session) as listener:
            begin = {"folder": out, "began": session.begin, "listener": listener}
            result = _train(config, recipe, where, begin)
    made_by = session.command if resume is None else None
    report = write_of_run(session, result.folder, not no_texts, made_by)
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


def _resume(folder: Path, where: dict[str, Any], listener: Listener) -> Result:
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


def _config(recipe: Recipe | EnsembleRecipe | None, given: dict[str, Any]) -> Config:
    run, chosen = asked_for(recipe, given)
    if isinstance(recipe, EnsembleRecipe):
        return EnsembleConfig(**run, members=recipe.changed(chosen).members, order=recipe.order)
    if recipe is not None:
        chosen = recipe.changed(chosen).classifier
    return RunConfig(**run, classifier=chosen, int8=recipe is not None and recipe.int8)
