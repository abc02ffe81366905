"""The ``kosent`` command, and what becomes of its errors."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from kosent import __version__
from kosent.errors import KosentError, UsageError, unknown_name
from kosent.language import Message, said
from kosent_cli.commands import COMMANDS, RENAMED
from kosent_cli.options import Group, page
from kosent_cli.output import abandon_stdout, say
from kosent_cli.session import Session
from kosent_cli.usage import usage_line

INTERRUPTED, TERMINATED = 130, 143  # 128 + SIGINT, 128 + SIGTERM
PIPE_CLOSED = 141  # 128 + SIGPIPE, as of any program that the reader of its output left

EXAMPLES = """\
kosent train --corpus nsmc --tokenizer okt
kosent predict "재미있을 줄 알았는데 완전 실망했다"
"""
KOREAN = """\
종료 코드: 0 성공, 1 내부 오류, 2 사용법, 3 자료, 4 모델, 5 실행 환경, 6 네트워크, 130 중단,
143 SIGTERM.

언어: 한국어가 기본이고, 로케일이 다른 언어이면 영어입니다. KOSENT_LANG=ko, en, both로 고릅니다.
"""
ENGLISH = """\
Exit codes: 0 success, 1 internal error, 2 usage, 3 data, 4 bundle, 5 environment, 6 network,
130 interrupted, 143 SIGTERM.

Language: Korean, or English where the locale names any other language; KOSENT_LANG=ko, en or both
chooses.
"""
SUMMARY = Message("한국어를 먼저 생각한 텍스트 분류 도구", "Korean-first text classification")


class _InterruptError(Exception):
    """Ctrl-C, on its way past click, which would print a line of its own."""


class _PipeClosedError(Exception):
    """The reader of our output has left, likewise."""


class Commands(Group):
    """The group that loads a command when it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        entry = COMMANDS.get(cmd_name)
        if entry is None and not ctx.resilient_parsing:
            raise _unknown(cmd_name)
        return entry.load() if entry else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands into the help without loading them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary.said) for name, entry in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        from kosent_cli.notices import library_notices

        try:
            with library_notices():
                return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise _InterruptError from error
        except BrokenPipeError as error:
            raise _PipeClosedError from error


def _unknown(name: str) -> UsageError:
    if name in RENAMED:
        now = RENAMED[name]
        return UsageError(
            f"{name}의 새 이름은 {now}입니다. 'kosent {now}'를 실행하세요",
            f"{name} is now {now}; run 'kosent {now}'",
        )
    return unknown_name("명령", "command", name, COMMANDS)


@click.group("kosent", cls=Commands, help=page(SUMMARY, EXAMPLES, KOREAN, ENGLISH))
@click.version_option(
    __version__,
    message="kosent %(version)s",
    help=said("버전을 보입니다", "show the version"),
)
def cli() -> None:
    """Carry the commands."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run ``kosent`` and exit with its code.

    Args:
        arguments: The command line without the program's name; that of the process when ``None``.
    """
    if {"train", "distill"} & set((sys.argv if arguments is None else arguments)[:2]):
        from kosent.support.lean import keep_keras_lean

        keep_keras_lean()
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run ``kosent``.

    Args:
        arguments: As for ``main``.

    Returns:
        The exit code. Errors that are the user's to mend become one line on stderr; any other
        exception is a bug and leaves with its traceback.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal in CP949 has no emoji
            stream.reconfigure(errors="backslashreplace")
    session = Session(sys.argv[1:] if arguments is None else arguments)
    try:
        with session.watching():
            return _dispatch(arguments, session)
    except Exception:
        if not session.interrupted:
            raise
        return _say_interrupted(session)


def _dispatch(arguments: Sequence[str] | None, session: Session) -> int:
    try:
        code = cli.main(arguments, prog_name="kosent", standalone_mode=False, obj=session)
    except KosentError as error:
        say(f"kosent: {error}")
        return error.exit_code
    except ModuleNotFoundError as error:
        from kosent.support.packages import refusal

        refused = refusal(error)  # raises it again where the installation is not to blame
        say(f"kosent: {refused}")
        return refused.exit_code
    except click.ClickException as error:
        say(f"kosent: {usage_line(error).said}")
        return 2
    except (_InterruptError, click.Abort, KeyboardInterrupt):
        return _say_interrupted(session)
    except _PipeClosedError:
        abandon_stdout()
        return PIPE_CLOSED
    return code if isinstance(code, int) else 0


def _say_interrupted(session: Session) -> int:
    if sys.stderr is not None and sys.stderr.isatty():
        click.echo(err=True)  # the terminal has written ^C
    say(f"kosent: {session.farewell()}")
    return TERMINATED if session.terminated else INTERRUPTED
