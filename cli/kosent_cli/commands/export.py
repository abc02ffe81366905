"""``kosent export``."""

from __future__ import annotations

import click

from kosent.language import said
from kosent.models.export import INT8_LOSS, Export, export_bundle
from kosent_cli.commands import COMMANDS
from kosent_cli.options import Command, bundle_option, choose_bundle, json_option, page
from kosent_cli.output import emit_json, emit_lines
from kosent_cli.progress import display
from kosent_cli.session import Session, pass_session
from kosent_cli.tables import table

EXAMPLES = """\
kosent export mine.kosent
kosent export small.kosent --quantize int8
"""
KOREAN = """\
이름이 .kosent로 끝나면 파일 하나, 아니면 폴더입니다. int8은 크기를 4분의 1로 줄이고,
검증 정확도를 앞뒤로 재어 --max-loss보다 떨어지면 쓰지 않습니다. int8 모델은 예측만 합니다.
"""
ENGLISH = """\
A name that ends in .kosent gives one file, any other a folder. int8 takes a quarter of the space;
the accuracy on the validation split is measured before and after, and nothing is written if it
falls by more than --max-loss. An int8 model can only predict.
"""


@click.command(
    "export", cls=Command, help=page(COMMANDS["export"].summary, EXAMPLES, KOREAN, ENGLISH)
)
@click.argument("target", metavar="OUT")
@bundle_option
@click.option(
    "--quantize",
    type=click.Choice(["int8"]),
    help=said("가중치 줄이기", "reduce the weights to this type"),
)
@click.option(
    "--max-loss",
    type=click.FloatRange(0, 1),
    default=INT8_LOSS,
    metavar="LOSS",
    help=said("int8이 잃어도 되는 정확도, 0에서 1", "accuracy that int8 may cost, from 0 to 1")
    + f"  [{INT8_LOSS}]",
)
@click.option(
    "--corpus",
    metavar="NAME|PATH",
    help=said("정확도를 잴 자료", "corpus on which the accuracy is measured"),
)
@click.option(
    "--overwrite", is_flag=True, help=said("있는 모델을 덮어씀", "replace a model that is there")
)
@json_option
@pass_session
def command(
    session: Session,
    target: str,
    bundle: str | None,
    quantize: str | None,
    max_loss: float,
    corpus: str | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Write the bundle and print what became of it."""
    path = choose_bundle(bundle)
    with display(session) as listener:
        done = export_bundle(
            path,
            target,
            int8=quantize == "int8",
            largest_loss=max_loss,
            corpus=corpus,
            overwrite=overwrite,
            listener=listener,
        )
    if as_json:
        emit_json(done.to_dict())
    else:
        emit_lines(_lines(done))


def _lines(done: Export) -> list[str]:
    rows = [[said("모델", "model"), str(done.path)], [said("크기", "bytes"), f"{done.size:,}"]]
    if done.rows:
        accuracy = f"{done.before:.4f} -> {done.after:.4f} ({done.rows:,} rows)"
        rows.append([said("검증 정확도", "validation accuracy"), accuracy])
    return table(rows)
