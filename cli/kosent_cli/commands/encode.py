"""``kosent explain-text``."""

from __future__ import annotations

from typing import Any

import click

from kosent.bundles import model as bundles
from kosent.errors import UsageError
from kosent.text.cleaning import Cleaner
from kosent.text.encoding.stages import Stages, explain_encoding, explain_text
from kosent.text.tokenizers import make
from kosent_cli.options import (
    Command,
    bundle_option,
    choose_bundle,
    cleaning_set_option,
    json_option,
    key_values,
)
from kosent_cli.output import emit_json, emit_lines, table

HELP = """\
글이 토큰과 번호가 되는 단계 / how a text becomes ids.

\b
  kosent explain-text "재밌다ㅋㅋㅋㅋㅋ"
  kosent explain-text --tokenizer okt --cleaning-set repeats=2 "재밌다ㅋㅋㅋㅋㅋ"

모델의 단계를 보입니다. --tokenizer를 주면 모델 없이 정리와 토큰까지만 보입니다 /
Shows the stages of a model; with --tokenizer those up to the tokens, without a model.
"""


@click.command("explain-text", cls=Command, help=HELP)
@click.argument("text")
@bundle_option
@click.option("--tokenizer", help="토크나이저 (모델 없이) / tokenizer, without a model")
@click.option(
    "--tokenizer-set",
    "tokenizer_options",
    metavar="KEY=VALUE",
    callback=key_values,
    multiple=True,
    help="토크나이저 설정, 값은 JSON / option of the tokenizer",
)
@click.option("--cleaning", help="텍스트 정리 (기본: korean) / preset (default: korean)")
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
        ["원문 / raw", stages.raw],
        *([f"정리 / {change.rule}", change.text] for change in stages.changes),
        ["정리됨 / cleaned", stages.cleaned],
        ["토큰 / tokens", _listed(stages.tokens[: stages.max_length])],
    ]
    if stages.ids is not None:
        rows += [
            ["번호 / ids", " ".join(map(str, stages.ids))],
            ["모르는 토큰 / unknown", _listed(stages.unknown)],
            ["최대 길이 / max length", str(stages.max_length)],
            ["잘린 토큰 / cut off", _listed(stages.cut)],
        ]
    unread = stages.raw_unread + stages.cleaned_unread
    if unread:
        rows.append(["보지 않은 글자 / not looked at", f"{unread:,}"])
    return table(rows)


def _listed(tokens: tuple[str, ...]) -> str:
    return " | ".join(tokens) or "-"
