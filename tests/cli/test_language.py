"""People read one language, their own; JSON says the same to all."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from kosent import errors
from kosent.language import Message
from kosent.text.tokenizers.okt import probe
from kosent_cli.commands import COMMANDS, Entry
from kosent_cli.progress import Lines
from kosent_cli.session import Session
from kosent_cli.usage import in_korean

GOLDEN = Path(__file__).parents[1] / "golden"
MODEL = str(GOLDEN / "format-2-hybrid.kosent")
HANGUL = re.compile("[가-힣]")
EXAMPLE = re.compile(r"^    (?:kosent|cat) .*$", re.MULTILINE)
SWITCH = re.compile(r"--[\w-]+ / --no-[\w-]+")  # how click writes an option that is on or off

# Help is said when a command is imported, so each language is a process.
HELP = """
import json, sys
import click
from kosent_cli.main import cli
pages = {}
def walk(command, parent, name):
    context = command.context_class(command, info_name=name, parent=parent)
    options = [each.help for each in command.params if isinstance(each, click.Option)]
    pages[context.command_path] = [command.get_help(context), options]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            walk(command.get_command(context, name), context, name)
walk(cli, None, "kosent")
json.dump(pages, sys.stdout)
"""


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    """Import all commands while the suite's language holds: other tests read their help."""
    for entry in COMMANDS.values():
        entry.load()


@pytest.fixture(scope="module")
def pages() -> dict[str, dict[str, tuple[str, list[str]]]]:
    """Return the help of every command, and of each of its options, by language."""

    def read(language: str) -> Any:
        environment = os.environ | {"KOSENT_LANG": language}
        line = [sys.executable, "-c", HELP]
        return json.loads(subprocess.run(line, capture_output=True, env=environment).stdout)

    return {language: read(language) for language in ("ko", "en")}


@pytest.mark.slow
def test_help_has_the_same_commands_and_options_in_both(pages: Any) -> None:
    assert set(pages["ko"]) == set(pages["en"])
    assert {f"kosent {name}" for name in COMMANDS} | {"kosent corpora show"} <= set(pages["ko"])
    for path, (_, options) in pages["ko"].items():
        assert len(options) == len(pages["en"][path][1])


@pytest.mark.slow
def test_korean_help_is_korean(pages: Any) -> None:
    for path, (page, options) in pages["ko"].items():
        assert HANGUL.search(EXAMPLE.sub("", page)), path
        assert " / " not in SWITCH.sub("", page), path
        assert not re.search("^(Usage|Options|Commands):", page, re.MULTILINE), path
        assert all(HANGUL.search(each) for each in options), path


@pytest.mark.slow
def test_english_help_is_english(pages: Any) -> None:
    for path, (page, options) in pages["en"].items():
        assert not HANGUL.search(EXAMPLE.sub("", page)), path
        assert " / " not in SWITCH.sub("", page), path
        assert all(re.search("[a-z]{2}", each) for each in options), path


@pytest.mark.parametrize(("language", "line"), [("ko", "안 됩니다"), ("en", "no way")])
@pytest.mark.parametrize(
    "kind",
    [errors.KosentError, *errors.KosentError.__subclasses__()],
    ids=lambda kind: kind.__name__,
)
def test_an_error_is_said_once(
    kind: type[errors.KosentError],
    language: str,
    line: str,
    kosent: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @click.command()
    def command() -> None:
        raise kind("안 됩니다", "no way")

    monkeypatch.setitem(COMMANDS, "fail", Entry(Message("실패", "fails"), lambda: command))
    monkeypatch.setenv("KOSENT_LANG", language)
    outcome = kosent("fail")
    assert (outcome.code, outcome.err) == (kind.exit_code, f"kosent: {line}\n")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("train", "--corpsu", "nsmc"), "--corpsu"),
        (("--nonsense",), "--nonsense"),
        (("perdict",), "'predict'"),
        (("explain-text", "글"), "'kosent encode'"),
        (("corpora", "shwo"), "show"),
        (("stats",), "--corpus"),
        (("trace",), "TEXT"),
        (("export", "one", "two", "three"), "two three"),
        (("export", "one", "--max-loss"), "--max-loss"),
        (("export", "one", "--max-loss", "3"), "3.0"),
        (("list", "--json=3"), "--json"),
        (("train", "--epochs", "many"), "'many'"),
        (("train", "--learning-rate", "high"), "'high'"),
        (("list", "modles"), "'modles'"),
        (("stats", "--corpus", "sample", "--lengths", "1:9"), "START:STOP:STEP"),
        (("stats", "--corpus", "sample", "--lengths", "1:99999:1"), "'1:99999:1'"),
        (("train", "--set", "units"), "KEY=VALUE"),
        (("train", "--resume", "--epochs", "3"), "epochs"),
        (("train",), "--corpus"),
        (("inspect", "--picture", "a.png", MODEL), "--embeddings TEXT"),
        (("evaluate", "--corpus", "no/such.csv", "--bundle", MODEL), "no/such.csv"),
        (("evaluate", "--bundle", "no/such/model"), "no/such/model"),
        (("predict", "--min-confidence", "2", "글"), "2.0"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_call_is_told_in_one_language(
    arguments: tuple[str, ...],
    named: str,
    kosent: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = {}
    for language in ("ko", "en"):
        monkeypatch.setenv("KOSENT_LANG", language)
        lines[language] = kosent(*arguments).err.splitlines()[-1]
        assert named in lines[language]
        assert " / " not in lines[language]
    # The command line itself, which may be quoted, has no Hangul but its texts.
    assert HANGUL.search(lines["ko"])
    assert not HANGUL.search(lines["en"])
    assert "사용법이" not in lines["ko"]


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("No such option: --corpsu Did you mean --corpus?", "--corpsu (비슷한 것: --corpus)"),
        ("No such option: --a (Possible options: --ab, --ac)", "--a (비슷한 것: --ab, --ac)"),
        ("No such option '--a'. (Did you mean one of: '--b'?)", "--a (비슷한 것: '--b')"),
        ("No such command 'shwo'", "없는 명령입니다: shwo"),
        ("Got unexpected extra argument (b)", "남는 인자가 있습니다: b"),
    ],
)
def test_sentences_of_all_versions_of_click(english: str, korean: str) -> None:
    assert in_korean(english).endswith(korean)


def test_a_sentence_that_is_not_known_stays_as_it_is() -> None:
    assert in_korean("Something new") == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("list",),
        ("corpora", "list"),
        ("corpora", "show", "sample"),
        ("doctor",),
        ("stats", "--corpus", "sample"),
        ("inspect", MODEL),
        ("encode", "--tokenizer", "character", "글"),
        ("predict", "--min-confidence", "0.99", "--bundle", MODEL, "글"),
    ],
    ids=" ".join,
)
def test_json_is_the_same_for_all(
    arguments: tuple[str, ...], kosent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {"error": Message("없음", "none was found")}
    monkeypatch.setattr(probe, "java", lambda: dict(broken))
    documents = []
    for language in ("ko", "en", "both"):
        monkeypatch.setenv("KOSENT_LANG", language)
        documents.append(kosent(*arguments, "--json").json)
    assert documents[0] == documents[1] == documents[2]


def test_json_keeps_both(kosent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "java", lambda: {"error": Message("없음", "none was found")})
    monkeypatch.setenv("KOSENT_LANG", "en")
    (java,) = (
        each for each in kosent("doctor", "--json").json["findings"] if each["name"] == "java"
    )
    assert "없음 / kosent works without Java; none was found" in java["advice"]
    titles = [each["title"] for each in kosent("corpora", "list", "--json").json]
    listed = [each for kind in kosent("list", "--json").json.values() for each in kind]
    texts = [each["description"] for each in listed if each["name"] != "rmsprop"]
    assert all(re.search("[가-힣].* / ", text) for text in titles + texts)


@pytest.mark.parametrize(
    "arguments",
    [
        ("list",),
        ("corpora", "list"),
        ("corpora", "show", "sample"),
        ("corpora", "show", "finance"),
        ("stats", "--corpus", "sample"),
    ],
    ids=" ".join,
)
def test_tables_are_in_one_language(
    arguments: tuple[str, ...], kosent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOSENT_LANG", "ko")
    korean = kosent(*arguments).out
    monkeypatch.setenv("KOSENT_LANG", "en")
    english = kosent(*arguments).out
    assert HANGUL.search(korean)
    assert not HANGUL.search(english)
    assert " / " not in korean + english


@pytest.mark.parametrize(
    ("language", "notice", "row"),
    [
        ("ko", "3줄 가운데 1줄을 쓰지 않았습니다 (빈 글 1", r"버린 줄 +빈 글 1"),
        ("en", "1 of 3 rows were not used (empty text 1", "dropped +empty text 1"),
    ],
)
def test_notices_and_tables(
    language: str,
    notice: str,
    row: str,
    kosent: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KOSENT_LANG", language)
    path = tmp_path / "a.csv"
    path.write_text("text,label\n재밌다,p\n,p\n지루하다,n\n", "utf-8")
    outcome = kosent("stats", "--corpus", str(path))
    assert notice in outcome.err
    assert re.search(row, outcome.out)
    assert " / " not in outcome.err + outcome.out


@pytest.mark.parametrize(("language", "word"), [("ko", "모르겠음"), ("en", "unsure")])
def test_an_answer_that_is_left_open(
    language: str, word: str, kosent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOSENT_LANG", language)
    outcome = kosent("predict", "--min-confidence", "1", "--bundle", MODEL, "글")
    assert outcome.out.split("\t")[0] == word


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("ko", ["평가", "끝", "어휘를 줄였습니다", "as it is"]),
        ("en", ["scoring", "done", "lowered", "as it is"]),
    ],
)
def test_progress_and_logs(
    language: str,
    lines: list[str],
    kosent: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @click.command()
    def command() -> None:
        listener = Lines(Session())
        listener.stage("test", None)
        listener.notice(Message("끝", "done"))
        logging.getLogger("kosent").warning(Message("어휘를 줄였습니다", "lowered"))
        logging.getLogger("kosent").warning("as %s is", "it")

    monkeypatch.setitem(COMMANDS, "work", Entry(Message("일", "works"), lambda: command))
    monkeypatch.setenv("KOSENT_LANG", language)
    assert kosent("work").err.splitlines() == lines
