"""The ``kosent`` command, and what becomes of its errors."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from kosent import __version__
from kosent.errors import KosentError, unknown_name
from kosent_cli.commands import COMMANDS
from kosent_cli.options import Group
from kosent_cli.output import abandon_stdout, one_line, say
from kosent_cli.session import Session

INTERRUPTED = 130  # 128 + SIGINT
PIPE_CLOSED = 141  # 128 + SIGPIPE, as of any program that the reader of its output left

HELP = """\
한국어를 먼저 생각한 텍스트 분류 도구 / Korean-first text classification.

\b
예 / examples:
  kosent train --corpus nsmc --tokenizer okt
  kosent predict "재미있을 줄 알았는데 완전 실망했다"

\b
종료 코드 / exit codes: 0 성공 ok, 1 내부 오류 internal, 2 사용법 usage,
  3 자료 data, 4 모델 bundle, 5 실행 환경 environment, 6 네트워크 network,
  130 중단 interrupted
"""


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
            raise unknown_name("명령", "command", cmd_name, COMMANDS)
        return entry.load() if entry else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands into the help without loading them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        from kosent_cli.progress import library_notices

        try:
            with library_notices():
                return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise _InterruptError from error
        except BrokenPipeError as error:
            raise _PipeClosedError from error


@click.group("kosent", cls=Commands, help=HELP)
@click.version_option(
    __version__, message="kosent %(version)s", help="버전을 보입니다 / show the version"
)
def cli() -> None:
    """Carry the commands."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run ``kosent`` and exit with its code.

    Args:
        arguments: The command line without the program's name; that of the process when ``None``.
    """
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run ``kosent``.

    Args:
        arguments: As for ``main``.

    Returns:
        The exit code. Errors that are the user's to mend become one line on stderr; any other
        exception is a bug and leaves with its traceback.
    """
    from kosent_cli import tensorflow_noise

    tensorflow_noise.silence()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal in CP949 has no emoji
            stream.reconfigure(errors="backslashreplace")
    session = Session()
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
    except click.ClickException as error:
        say(f"kosent: {usage_line(error)}")
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
    return INTERRUPTED


_KOREAN: tuple[tuple[type[click.ClickException], str], ...] = (
    (click.MissingParameter, "필요한 값이 없습니다"),
    (click.NoSuchOption, "없는 옵션입니다"),
    (click.BadParameter, "값이 잘못되었습니다"),
    (click.ClickException, "사용법이 잘못되었습니다"),
)


def usage_line(error: click.ClickException) -> str:
    """Return a wrong call as one line, Korean and English.

    Args:
        error: What click found.
    """
    korean = next(text for kind, text in _KOREAN if isinstance(error, kind))
    english = one_line(" ".join(error.format_message().split())).rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    where = f"'{context.command_path if context else 'kosent'} --help'"
    return f"{korean}. {where}를 보세요 / {english}; see {where}"
