"""Write the reference pages from the code's own declarations, in both languages.

``python docs/reference.py`` writes ``docs/{ko,en}/reference/*.md``; with ``--check`` it only
compares, names what is stale and exits 1. Each language is a process of its own, since the help of
a command is written in the language that its process speaks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
LANGUAGES = ("ko", "en")
_WIDTH = 100  # characters of a line of help


def settings_page(say: Callable[[str, str], str]) -> Iterator[str]:
    """Give the lines of the page of settings."""
    from kosent.models.settings import ClassifierSettings
    from kosent.support.settings import settings_of
    from kosent_cli.corpus_options import GROUPS

    yield "# " + say("설정", "Settings")
    yield ""
    yield say(
        "`TextClassifier`의 인자이자 레시피의 항목이고, 옵션은 `kosent train`의 것입니다. auto의 "
        "것을 뺀 모두가 `kosent distill`과 `kosent tune`에도 있습니다. 어기는 값은 이유와 함께 "
        "거절합니다.",
        "These are the arguments of `TextClassifier` and the keys of recipes; the options are "
        "those of `kosent train`, and without those of auto of `kosent distill` and `kosent tune`. "
        "Other values are refused with the reason.",
    )
    declared = settings_of(ClassifierSettings).values()
    head = [say("설정", "Setting"), say("옵션", "Option"), say("기본", "Default")]
    head += [say("값", "Value"), say("뜻", "What it is")]
    for group in ("auto", "text", "network", "training"):
        rows = [
            [
                f"`{each.name}`",
                f"`{each.option}`",
                f"`{each.default!r}`",
                say(f"{each.rule.korean} 함", each.rule.english),
                say(each.korean, each.english),
            ]
            for each in declared
            if each.group == group
        ]
        yield from ("", f"## {say(*GROUPS[group])}", "", *_table(head, rows))


def command_page(say: Callable[[str, str], str]) -> Iterator[str]:
    """Give the lines of the page of commands."""
    import click

    from kosent_cli.main import cli

    yield "# " + say("명령줄", "Command line")
    yield ""
    yield say(
        "`kosent 명령 --help`가 보이는 것 그대로입니다.",
        "This is what `kosent COMMAND --help` shows.",
    )

    def helped(command: click.Command, path: str, parent: click.Context | None) -> Iterator[str]:
        context = command.context_class(command, info_name=path.rpartition(" ")[2], parent=parent)
        context.max_content_width = context.terminal_width = _WIDTH
        yield from ("", f"## {path}", "", "```text", command.get_help(context), "```")
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                if inner is not None:
                    yield from helped(inner, f"{path} {name}", context)

    yield from helped(cli, "kosent", None)


def architecture_page(say: Callable[[str, str], str]) -> Iterator[str]:
    """Give the lines of the page of networks."""
    from kosent import architectures

    yield "# " + say("신경망", "Networks")
    yield ""
    yield say(
        "`--model`로 고르고, 설정은 `--set 이름=값`으로 바꿉니다.",
        "Choose one with `--model`, and change its options with `--set NAME=VALUE`.",
    )
    for name in architectures.ARCHITECTURES:
        options = architectures.options(name)
        bounds = architectures.bounds(name)
        rows = [
            [
                f"`{option}`",
                f"`{default!r}`",
                say(f"{bounds[option].korean} 함", bounds[option].english),
            ]
            for option, default in options.items()
        ]
        head = [say("설정", "Option"), say("기본", "Default"), say("값", "Value")]
        yield from ("", f"## {name}", "", _sentence(name, say), "", *_table(head, rows))


def recipe_page(say: Callable[[str, str], str]) -> Iterator[str]:
    """Give the lines of the page of recipes."""
    from kosent.recipes import Recipe, load_recipe, recipe_names

    yield "# " + say("레시피", "Recipes")
    yield ""
    yield say(
        "`kosent train --recipe 이름`으로 학습합니다. 파일은 `src/kosent/recipes/`에 있고, 그 "
        "주석이 출처와 다른 점을 말합니다.",
        "Train one with `kosent train --recipe NAME`. The files are in `src/kosent/recipes/`; "
        "their comments say where a system comes from and in what it differs.",
    )
    for name in recipe_names():
        recipe = load_recipe(name)
        title = say(*recipe.title.split(" / "))
        count = "-" if recipe.parameters is None else f"{recipe.parameters:,}"
        facts = [
            f"{say('말뭉치', 'corpus')} `{recipe.corpus}`",
            f"{say('매개변수', 'parameters')} {count}",
        ]
        yield from ("", f"## {name}", "", f"{title}. {', '.join(facts)}.", "")
        listed = [recipe.classifier] if isinstance(recipe, Recipe) else recipe.members
        for arguments in listed:
            settings = (f"`{key}={_shown(value)}`" for key, value in sorted(arguments.items()))
            yield "- " + ", ".join(settings)


PAGES: Mapping[str, Callable[[Callable[[str, str], str]], Iterator[str]]] = {
    "command-line": command_page,
    "settings": settings_page,
    "architectures": architecture_page,
    "recipes": recipe_page,
}


def _sentence(name: str, say: Callable[[str, str], str]) -> str:
    from kosent import architectures

    row = architectures.ARCHITECTURES[name]
    return say(row.korean, row.english)


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    cells = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(each.replace("|", "\\|") for each in row) + " |" for row in cells]


def _pages() -> dict[str, str]:
    """Return the pages in the language of this process."""
    from kosent.language import said

    return {name: "\n".join(page(said)) + "\n" for name, page in PAGES.items()}


def _of(language: str) -> dict[Path, str]:
    ended = subprocess.run(  # noqa: S603
        [sys.executable, __file__, "--print"],
        env=os.environ | {"KOSENT_LANG": language},
        capture_output=True,
        check=True,
    )
    folder = FOLDER / language / "reference"
    return {folder / f"{name}.md": page for name, page in json.loads(ended.stdout).items()}


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them.

    Args:
        arguments: Nothing, or ``--check``.

    Returns:
        The exit code.
    """
    if arguments == ["--print"]:
        sys.stdout.buffer.write(json.dumps(_pages()).encode())
        return 0
    stale = []
    for language in LANGUAGES:
        for path, page in _of(language).items():
            if path.exists() and path.read_text("utf-8") == page:
                continue
            stale.append(str(path.relative_to(FOLDER.parent)))
            if arguments != ["--check"]:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(page, "utf-8")
    if arguments == ["--check"] and stale:
        print(f"stale, run python docs/reference.py: {' '.join(stale)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
