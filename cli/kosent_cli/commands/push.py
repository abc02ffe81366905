"""``kosent push``."""

from __future__ import annotations

import click

from kosent.language import said
from kosent.models.sharing import push
from kosent_cli.commands import COMMANDS
from kosent_cli.options import Command, bundle_option, choose_bundle, json_option, page
from kosent_cli.output import emit_json, emit_lines
from kosent_cli.progress import display
from kosent_cli.session import Session, pass_session
from kosent_cli.tables import table

EXAMPLES = """\
kosent push me/reviews --bundle mine.kosent
kosent predict "돈이 아까웠다" --bundle hf:me/reviews
"""
KOREAN = """\
Hugging Face 허브에 model.kosent 하나와 카드를 올립니다 (pip install 'kosent[hub]'). 새 저장소는
--public을 주지 않으면 주인만 봅니다. 토큰은 HF_TOKEN이나 hf auth login의 것을 씁니다.
"""
ENGLISH = """\
Puts model.kosent and its card on the Hugging Face hub (pip install 'kosent[hub]'). A new repository
is seen by its owner alone unless --public is given. The token is that of HF_TOKEN or of
hf auth login.
"""


@click.command("push", cls=Command, help=page(COMMANDS["push"].summary, EXAMPLES, KOREAN, ENGLISH))
@click.argument("name", metavar="OWNER/NAME")
@bundle_option
@click.option(
    "--public",
    is_flag=True,
    help=said("새 저장소를 누구나 보게 함", "let everybody see a new repository"),
)
@click.option(
    "--license",
    "licence",
    metavar="NAME",
    help=said("모델의 사용 허가, 예: cc-by-4.0", "licence of the model, such as cc-by-4.0"),
)
@click.option(
    "--message",
    default="kosent push",
    metavar="TEXT",
    help=said("커밋에 적을 말", "what the commit says"),
)
@json_option
@pass_session
def command(
    session: Session,
    name: str,
    bundle: str | None,
    public: bool,
    licence: str | None,
    message: str,
    as_json: bool,
) -> None:
    """Put the model on the hub and print how it is loaded from there."""
    path = choose_bundle(bundle)
    with display(session) as listener:
        done = push(
            path, name, private=not public, licence=licence, message=message, listener=listener
        )
    if as_json:
        emit_json(done.to_dict())
        return
    rows = [
        [said("주소", "address"), done.url],
        [said("크기", "bytes"), f"{done.size:,}"],
        [said("쓰기", "use"), f'kosent.load("{done.reference}")'],
    ]
    emit_lines(table(rows))
