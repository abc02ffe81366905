"""``kosent encode``."""

from __future__ import annotations

from typing import Any

import click

from kosent.bundles import model as bundles
from kosent.errors import UsageError
from kosent.language import said
from kosent.text.cleaning import Cleaner
from kosent.text.encoding.stages import Stages, explain_encoding, explain_text
from kosent.text.tokenizers import make
from kosent_cli.commands import COMMANDS
from kosent_cli.corpus_options import cleaning_set_option, key_values
from kosent_cli.options import Command, bundle_option, choose_bundle, json_option, page
from kosent_cli.output import emit_json, emit_lines
from kosent_cli.tables import table

EXAMPLES = """\
kosent encode "재밌다ㅋㅋㅋㅋㅋ"
kosent encode --tokenizer okt --cleaning-set repeats=2 "재밌다ㅋㅋㅋㅋㅋ"
"""
KOREAN = "모델의 단계를 보입니다. --tokenizer를 주면 모델 없이 정리와 토큰까지만 보입니다."
ENGLISH = """\
Shows the stages of a model; with --tokenizer those up to the tokens, without a model.
"""


@click.command(
    "encode", cls=Command, help=page(COMMANDS["encode"].summary, EXAMPLES, KOREAN, ENGLISH)
)
@click.argument("text")
@bundle_option
@click.option("--tokenizer", help=said("토크나이저 (모델 없이)", "tokenizer, without a model"))
@click.option(
    "--tokenizer-set",
    "tokenizer_options",
    metavar="KEY=VALUE",
    callback=key_values,
    multiple=True,
    help=said("토크나이저 설정, 값은 JSON", "option of the tokenizer, its value is JSON"),
)
@click.option(
    "--cleaning",
    help=said("텍스트 정리 (기본: korean)", "preset of the cleaning (default: korean)"),
)
@cleaning_set_option
@json_option
def command(
    text: str,
    bundle: str | None,
    tokenizer: str | None,
    tokenizer_options: dict[str, Any] | None,
    cleaning: str | None,
    cleaning_options: dict[str, Any] | None,
    as_json: bool,
) -> None:
    """Print the stages of a text."""
    loose = (tokenizer, tokenizer_options, cleaning, cleaning_options)
    if bundle is not None and any(option is not None for option in loose):
        raise UsageError(
            "--bundle과 함께 토크나이저나 정리 방식을 줄 수 없습니다: 모델에 정해져 있습니다",
            "with --bundle give no tokenizer and no cleaning: the model has its own",
        )
    if any(option is not None for option in loose):
        named = make(tokenizer or "whitespace", **(tokenizer_options or {}))
        cleaner = Cleaner(cleaning or "korean", cleaning_options)
        stages = explain_text(text, tokenizer=named, cleaner=cleaner)
    else:
        stages = explain_encoding(text, bundles.read(choose_bundle(bundle)).encoder)
    if as_json:
        emit_json(stages.to_dict())
    else:
        emit_lines(_lines(stages))


def _lines(stages: Stages) -> list[str]:
    rows = [
        [said("원문", "raw"), stages.raw],
        *([f"{said('정리', 'cleaning')} {change.rule}", change.text] for change in stages.changes),
        [said("정리됨", "cleaned"), stages.cleaned],
        [said("토큰", "tokens"), _listed(stages.tokens[: stages.max_length])],
    ]
    if stages.ids is not None:
        rows += [
            [said("번호", "ids"), " ".join(map(str, stages.ids))],
            [said("모르는 토큰", "unknown"), _listed(stages.unknown)],
            [said("최대 길이", "max length"), str(stages.max_length)],
            [said("잘린 토큰", "cut off"), _listed(stages.cut)],
        ]
    unread = stages.raw_unread + stages.cleaned_unread
    if unread:
        rows.append([said("보지 않은 글자", "not looked at"), f"{unread:,}"])
    return table(rows)


def _listed(tokens: tuple[str, ...]) -> str:
    return " | ".join(tokens) or "-"
