"""The table of commands, exit codes, and what stays unimported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from kosent import errors
from kosent.language import Message
from kosent_cli import main
from kosent_cli.commands import COMMANDS, Entry

HEAVY = ("tensorflow", "keras", "jpype", "konlpy", "pandas", "sklearn", "torch", "jax")


def raising(error: BaseException) -> Entry:
    """Return a row of the table whose command fails."""

    @click.command()
    def command() -> None:
        raise error

    return Entry(Message("실패", "fails"), lambda: command)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    return lambda error: monkeypatch.setitem(COMMANDS, "fail", raising(error))


def test_help_lists_every_command(kosent: Callable[..., Any]) -> None:
    outcome = kosent("--help")
    assert outcome.code == 0
    for name, entry in COMMANDS.items():
        assert f"  {name} " in outcome.out
        assert entry.summary in outcome.out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_what_the_commands_say(name: str, kosent: Callable[..., Any]) -> None:
    command = COMMANDS[name].load()
    assert command.name == name
    assert str(command.help).partition("\n")[0] == f"{COMMANDS[name].summary}."
    assert kosent(name, "--help").out.startswith(f"Usage: kosent {name} ")


def test_called_alone_it_shows_its_help_and_counts_as_wrong(kosent: Callable[..., Any]) -> None:
    for arguments in ((), ("corpora",)):
        outcome = kosent(*arguments)
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err.startswith("Usage: kosent")


def test_version(kosent: Callable[..., Any]) -> None:
    from kosent import __version__

    assert kosent("--version").out == f"kosent {__version__}\n"


def imported_by(*arguments: str) -> set[str]:
    """Return the modules that a fresh process has after a command."""
    code = (
        "import sys, json; from kosent_cli.main import run; code = run(sys.argv[1:]); "
        "sys.stdout.flush(); print(json.dumps(sorted(sys.modules)), file=sys.stderr); exit(code)"
    )
    line = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(line, capture_output=True, check=True, text=True)
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.slow
def test_help_imports_no_command_and_nothing_large() -> None:
    modules = imported_by("--help")
    assert not modules & {*HEAVY, "numpy", "rich", "logging", "kosent.runs.run"}
    assert not modules & {f"kosent_cli.commands.{name}" for name in COMMANDS}


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ("list",),
        ("corpora", "list"),
        ("corpora", "show", "sample"),
        ("stats", "--corpus", "sample"),
        ("train", "--help"),
    ],
    ids=" ".join,
)
def test_light_commands(arguments: tuple[str, ...]) -> None:
    assert not imported_by(*arguments) & set(HEAVY)


def test_inspect_is_light(home: Path) -> None:
    assert not imported_by("inspect") & set(HEAVY)


def test_a_command_that_has_another_name_now(refused: Callable[..., str]) -> None:
    assert "explain-text is now encode; run 'kosent encode'" in refused(2, "explain-text", "글")


@pytest.mark.slow
@pytest.mark.parametrize("module", ["kosent", "kosent_cli"])
def test_the_packages_run(module: str, tmp_path: Path) -> None:
    line = [sys.executable, "-m", module, "--version"]
    done = subprocess.run(line, capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("kosent ")


def test_an_unknown_command(refused: Callable[..., str]) -> None:
    assert "Did you mean 'predict'?" in refused(2, "perdict")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("train", "--corpsu", "nsmc"), "--corpus"),
        (("trace",), "TEXT"),
        (("evaluate", "--split", "dev"), "train"),
        (("train", "--epochs", "many"), "many"),
        (("list", "modles"), "models"),
        (("corpora", "shwo"), "shwo"),
        (("stats",), "--corpus"),
        (("--nonsense",), "--nonsense"),
    ],
)
def test_wrong_calls(arguments: tuple[str, ...], said: str, refused: Callable[..., str]) -> None:
    line = refused(2, *arguments)
    assert said in line
    assert "--help'" in line


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.KosentError, 1),
        (errors.UsageError, 2),
        (errors.DataError, 3),
        (errors.BundleError, 4),
        (errors.RuntimeSetupError, 5),
        (errors.DownloadError, 6),
    ],
)
def test_exit_codes(
    kind: type[errors.KosentError],
    code: int,
    failing: Callable[[BaseException], None],
    refused: Callable[..., str],
) -> None:
    failing(kind("안 됩니다\x1b[31m", "no\nway"))
    assert refused(code, "fail") == "kosent: 안 됩니다\\x1b[31m / no way"


def test_a_bug_keeps_its_traceback(
    failing: Callable[[BaseException], None], kosent: Callable[..., Any]
) -> None:
    failing(ZeroDivisionError("a bug"))
    with pytest.raises(ZeroDivisionError, match="a bug"):
        kosent("fail")


def test_interrupted(failing: Callable[[BaseException], None], refused: Callable[..., str]) -> None:
    failing(KeyboardInterrupt())
    assert refused(130, "fail") == "kosent: 중단했습니다 / interrupted"


def test_main_exits_with_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["kosent", "--version"])
    with pytest.raises(SystemExit) as caught:
        main.main()
    assert caught.value.code == 0


def test_what_the_library_logs_is_one_line(
    monkeypatch: pytest.MonkeyPatch, kosent: Callable[..., Any]
) -> None:
    import logging

    @click.command()
    def command() -> None:
        logging.getLogger("kosent.text").warning("어휘를 줄였습니다 / lowered to %d", 3)
        logging.getLogger("kosent.text").info("chatter")
        logging.getLogger("other").info("chatter")

    monkeypatch.setitem(COMMANDS, "log", Entry(Message("적음", "logs"), lambda: command))
    for _ in range(2):  # a second call in the process must not say it twice
        assert kosent("log").err == "어휘를 줄였습니다 / lowered to 3\n"


def test_a_reader_that_leaves(command_line: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    line = [*command_line, "list"]
    done = subprocess.run(line, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, as on Linux")
def test_a_full_disk(command_line: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        line = [*command_line, "list"]
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 5
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("kosent: 결과를".encode())


def test_streams_that_are_closed(command_line: list[str]) -> None:
    line = f"{subprocess.list2cmdline(command_line)} --version >&- 2>&- <&-"
    done = subprocess.run(["sh", "-c", line], check=False)
    assert done.returncode == 0


def test_a_terminal_without_emoji(command_line: list[str]) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "cp949"}
    code = (
        "import click; from kosent_cli import commands, main, output\n"
        "@click.command()\n"
        "def command(): output.emit('좋다 👍'); output.emit_json('👍')\n"
        "commands.COMMANDS['say'] = commands.Entry('', lambda: command); main.main(['say'])"
    )
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, capture_output=True, check=True, env=environment)
    text, document = done.stdout.splitlines()
    assert text.decode("cp949") == "좋다 \\U0001f44d"
    assert json.loads(document.decode("utf-8")) == "👍"


def test_completion_of_the_shell(command_line: list[str]) -> None:
    environment = {
        **os.environ,
        "_KOSENT_COMPLETE": "bash_complete",
        "COMP_WORDS": "kosent pr",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(command_line, capture_output=True, check=False, env=environment)
    assert done.stdout.decode().strip() == "plain,predict"
