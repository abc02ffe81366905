"""``kosent list``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import click

from kosent import architectures
from kosent.corpora import CORPORA
from kosent.language import Message
from kosent.models.settings import ClassifierSettings
from kosent.recipes import EnsembleRecipe, Recipe, load_recipe, recipe_names
from kosent.support.settings import settings_of
from kosent.text.cleaning import PRESETS
from kosent.text.cleaning.rules import NAMES
from kosent.text.noise import NOISES
from kosent.text.tokenizers import TOKENIZERS
from kosent.training.settings import OPTIMIZERS
from kosent_cli.commands import COMMANDS
from kosent_cli.options import Command, json_option, page
from kosent_cli.output import emit_json, emit_lines
from kosent_cli.tables import table

EXAMPLES = """\
kosent list
kosent list models
"""

# Tables of names that hold no sentence of their own.
TOKENIZER = {
    "whitespace": Message("빈칸에서 나눔", "splits at white space"),
    "okt": Message(
        "형태소로 나눔, konlpy.tag.Okt와 같음", "splits into morphemes, the same as konlpy.tag.Okt"
    ),
    "sentencepiece": Message(
        "학습 글에서 배운 어휘의 조각으로 나눔",
        "splits into pieces of a vocabulary learned from the training texts",
    ),
    "character": Message(
        "글자로 나눔 (유니코드 코드 포인트, 음절은 NFC에서 하나)",
        "splits into characters (Unicode code points; a syllable is one in NFC)",
    ),
    "jamo": Message(
        "한글 자모로 나눔, 오타에 강함; 다른 문자는 글자로",
        "splits into the letters of Hangul, robust to typing errors; other scripts into characters",
    ),
    "kiwi": Message("Kiwi의 형태소 경계에서 나눔", "splits at the borders of Kiwi's morphemes"),
}
CLEANING = {
    "korean": Message(
        "한국어 글 (기본): 자모와 이모지를 남김", "Korean user text (default): keeps jamo and emoji"
    ),
    "source": Message(
        "NSMC 글의 규칙: 자모와 이모지를 버림", "the NSMC post's rules, drop jamo and emoji"
    ),
    "english": Message(
        "영어 글: 부호와 축약형을 나눔", "English text: splits punctuation and clitics"
    ),
    "none": Message("정규화와 깨진 글자만", "only normalisation and repair of broken characters"),
}
RULES = {
    "invisible": Message(
        "제어 문자와 안 보이는 글자를 없앰", "drops control and zero-width characters"
    ),
    "nfc": Message("자모로 풀린 글자를 합침", "composes split letters (NFC)"),
    "entities": Message(
        "크롤러가 남긴 HTML 엔티티를 글자로 (&amp;quot;)",
        "HTML entities to characters (&amp;quot;)",
    ),
    "width": Message("전각을 보통 글자로 (ＯＫ！)", "full-width forms to usual ones (ＯＫ！)"),
    "breaks": Message("<br>을 빈칸으로", "<br> to a space"),
    "urls": Message("주소를 xurl로", "addresses to xurl"),
    "emails": Message("전자 우편 주소를 xemail로", "e-mail addresses to xemail"),
    "numbers": Message("수를 xnumber로", "numbers to xnumber"),
    "lower": Message("소문자로", "to lower case"),
    "repeats": Message(
        "되풀이된 글자를 이 수까지, 0은 그대로", "keep this many of a repeat, 0 for all"
    ),
    "marks": Message(
        "문장부호를 낱말에서 떼어 냄: keep korean english source keras",
        "punctuation apart from words: keep korean english source keras",
    ),
}
OPTIMISERS = {
    "adam": Message("기본", "the default"),
    "sparse_adam": Message("배치에 나온 낱말만 고침", "touches only the rows in the batch"),
    "adamw": Message("가중치 감쇠", "with weight decay"),
    "rmsprop": "RMSprop",
    "sgd": Message("확률적 경사 하강", "stochastic gradient descent"),
}

Item = dict[str, Any]


def _tokenizers() -> list[Item]:
    return [
        _item(name, TOKENIZER[name], _defaults(tokenizer)) for name, tokenizer in TOKENIZERS.items()
    ]


def _models() -> list[Item]:
    return [
        _item(name, Message(row.korean, row.english), architectures.options(name))
        for name, row in architectures.ARCHITECTURES.items()
    ]


def _cleaning() -> list[Item]:
    return [_item(name, CLEANING[name], asdict(rules)) for name, rules in PRESETS.items()]


def _rules() -> list[Item]:
    return [_item(name, RULES[name]) for name in NAMES]


def _corpora() -> list[Item]:
    return [_item(name, spec.title) for name, spec in CORPORA.items()]


def _optimizers() -> list[Item]:
    return [_item(name, OPTIMISERS[name]) for name in OPTIMIZERS]


def _recipes() -> list[Item]:
    recipes = [load_recipe(name) for name in recipe_names()]
    # The title of a recipe that comes with kosent is "Korean / English".
    return [_item(each.name, Message(*each.title.split(" / ")), _about(each)) for each in recipes]


def _about(recipe: Recipe | EnsembleRecipe) -> dict[str, Any]:
    several = {"models": len(recipe.members)} if isinstance(recipe, EnsembleRecipe) else {}
    return {"corpus": recipe.corpus} | several


def _noises() -> list[Item]:
    return [
        _item(name, _joined(noise.summary, noise.places), {"rate": noise.rate})
        for name, noise in NOISES.items()
    ]


def _settings() -> list[Item]:
    return [
        _item(
            each.name,
            Message(each.korean, each.english),
            {
                "default": each.default,
                "rule": Message(f"{each.rule.korean} 함", each.rule.english),
            },
        )
        for each in settings_of(ClassifierSettings).values()
    ]


KINDS: dict[str, Callable[[], list[Item]]] = {
    "tokenizers": _tokenizers,
    "models": _models,
    "cleaning": _cleaning,
    "rules": _rules,
    "corpora": _corpora,
    "optimizers": _optimizers,
    "settings": _settings,
    "recipes": _recipes,
    "noises": _noises,
}


@click.command("list", cls=Command, help=page(COMMANDS["list"].summary, EXAMPLES))
@click.argument("kind", type=click.Choice(list(KINDS)), required=False)
@json_option
def command(kind: str | None, as_json: bool) -> None:
    """Print names, one line each."""
    listed = {name: KINDS[name]() for name in ([kind] if kind else KINDS)}
    if as_json:
        emit_json(listed)
        return
    lines: list[str] = []
    for name, items in listed.items():
        rows = [[f"  {item['name']}", item["description"]] for item in items]
        lines += ["", name]
        for line, item in zip(table(rows), items, strict=True):
            options = [_option(*option) for option in item.get("options", {}).items()]
            lines += [line, f"      {', '.join(options)}"] if options else [line]
    emit_lines(lines[1:])


def _option(name: str, value: Any) -> str:
    return f"{name}={value.said if isinstance(value, Message) else repr(value)}"


def _joined(what: Message, places: Message) -> Message:
    return Message(f"{what.korean}: {places.korean}", f"{what.english}: {places.english}")


def _item(name: str, description: str, options: dict[str, Any] | None = None) -> Item:
    item: Item = {"name": name, "description": description}
    return item if options is None else item | {"options": options}


def _defaults(tokenizer: Callable[..., Any]) -> dict[str, Any]:
    return {p.name: p.default for p in inspect.signature(tokenizer).parameters.values()}
