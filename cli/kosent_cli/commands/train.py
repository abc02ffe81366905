"""``kosent train``."""

from __future__ import annotations

from typing import Any

import click

from kosent_cli import running
from kosent_cli.commands import COMMANDS
from kosent_cli.corpus_options import GroupedCommand
from kosent_cli.options import page
from kosent_cli.report_files import no_texts_option
from kosent_cli.session import Session, pass_session
from kosent_cli.training_options import (
    configured,
    members_options,
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


@click.command(
    "train", cls=GroupedCommand, help=page(COMMANDS["train"].summary, EXAMPLES, KOREAN, ENGLISH)
)
@training_options
@members_options
@no_texts_option
@pass_session
def command(session: Session, /, **given: Any) -> None:
    """Train, or go on with a run, and print the report."""
    running.run(session, given, configured)
