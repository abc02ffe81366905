"""``kosent distill``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from kosent.errors import UsageError
from kosent.language import said
from kosent.recipes import EnsembleRecipe, Recipe
from kosent.runs.config import EnsembleConfig, RunConfig
from kosent.runs.distillation import Distillation
from kosent_cli import running
from kosent_cli.commands import COMMANDS
from kosent_cli.corpus_options import GroupedCommand
from kosent_cli.options import choose_bundle, page
from kosent_cli.report_files import no_texts_option
from kosent_cli.session import Session, pass_session
from kosent_cli.training_options import (
    configured,
    members_options,
    network_options,
)

EXAMPLES = """\
kosent distill --teacher models/best --corpus nsmc --model gru
kosent distill --teacher models/best --corpus nsmc --recipe fast --texts more.txt
kosent distill --teacher-file probabilities.parquet --corpus nsmc --model gru
kosent distill --teacher runs/best --recipe best --texts more.txt
kosent distill --resume
"""
KOREAN = """\
말뭉치의 학습 글에서는 선생의 확률을 --share만큼, 라벨을 나머지만큼 섞어 배우고, --texts의 글에서는
선생의 확률만 배웁니다. 검증과 시험은 언제나 라벨로 채점합니다. 선생은 스스로 배운 글을 지나치게
확신하므로, 본 적 없는 글을 --texts로 주는 편이 낫습니다. 그 가운데 말뭉치에 있는 글은 빼고 셉니다.

--teacher-file은 kosent가 읽지 못하는 모델도 선생으로 삼습니다: .csv .tsv .jsonl .parquet에 글의
열과 라벨 이름의 열이 있고, 한 줄의 확률은 합이 1입니다. 글이 같은 학습 글을 찾아 가르치고, 말뭉치에
없는 글은 라벨 없이 배우며, 모든 줄을 셉니다.

레시피에 모델이 여럿이면 모두 한 선생에게서 배우고, 선생에게는 한 번만 묻습니다.

다른 옵션은 모두 kosent train의 것입니다.
"""
ENGLISH = """\
Of the corpus' training texts it learns the teacher's probabilities and the labels, mixed by
--share; of those of --texts the teacher's probabilities alone. Validation and test are scored by
labels, as ever. A teacher is too sure of texts that it learned itself: rather give it texts that it
has never seen with --texts. Those of them that are in the corpus are left out, and counted.

--teacher-file lets a model teach that kosent cannot load: .csv .tsv .jsonl .parquet with a column
of texts and columns named as the labels, whose probabilities add up to 1 in each row. Rows teach
the training texts that are the same, texts that are not in the corpus are learned without labels,
and every row is accounted for.

The models of a recipe with several all learn from one teacher, which is asked once.

All other options are those of kosent train.
"""


@click.command(
    "distill", cls=GroupedCommand, help=page(COMMANDS["distill"].summary, EXAMPLES, KOREAN, ENGLISH)
)
@click.option(
    "--teacher",
    metavar="PATH",
    help=said("가르칠 모델이나 앙상블", "model or ensemble that teaches"),
)
@click.option(
    "--teacher-file",
    metavar="FILE",
    help=said(
        "아무 모델이나 준 확률: 글의 열과 라벨마다 한 열",
        "probabilities of any model: a column of texts and one for each label",
    ),
)
@click.option(
    "--share",
    type=float,
    help=said("학습 글에서 선생의 몫, 0에서 1", "the teacher's part in training texts, from 0 to 1")
    + f"  [{Distillation('').share}]",
)
@click.option(
    "--texts",
    metavar="FILE",
    help=said(
        "라벨 없는 글: .txt .tsv .csv .jsonl .parquet, .gz",
        "texts without labels: .txt .tsv .csv .jsonl .parquet, .gz",
    ),
)
@network_options
@members_options
@no_texts_option
@pass_session
def command(session: Session, /, **given: Any) -> None:
    """Train a student, or go on with a run, and print the report."""
    running.run(session, given, _config)


def _config(
    recipe: Recipe | EnsembleRecipe | None, given: dict[str, Any]
) -> RunConfig | EnsembleConfig:
    teaching = {name: given.pop(name) for name in ("share", "texts")} | _teacher(
        given.pop("teacher"), given.pop("teacher_file")
    )
    distill = Distillation(**{name: each for name, each in teaching.items() if each is not None})
    return replace(configured(recipe, given), distill=distill)


def _teacher(model: str | None, file: str | None) -> dict[str, Any]:
    if (model is None) == (file is None):
        raise UsageError(
            "가르칠 모델은 --teacher로, 확률의 파일은 --teacher-file로 하나만 지정하세요 "
            "(예: --teacher runs/NAME)",
            "name the model that teaches with --teacher (such as --teacher runs/NAME), or else a "
            "file of probabilities with --teacher-file",
        )
    if file is not None:
        return {"teacher": file, "from_file": True}
    return {"teacher": str(choose_bundle(model))}
