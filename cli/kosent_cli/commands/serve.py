"""``kosent serve``."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kosent.errors import RuntimeSetupError, UsageError
from kosent.language import Message, said
from kosent.serving.limits import Limits
from kosent.support.packages import require
from kosent_cli.commands import COMMANDS
from kosent_cli.options import Command, page
from kosent_cli.output import abandon, say

if TYPE_CHECKING:
    from kosent.serving.models import Models
    from kosent.serving.service import Access

PACKAGES = ("httptools", "jinja2", "prometheus_client", "starlette", "uvicorn", "uvloop")
TOKEN = "KOSENT_TOKEN"  # noqa: S105 - the name of a variable
_ORIGIN = re.compile(r"https?://[^/\s]+")
_SHORTEST_TOKEN = 8  # characters
_DEFAULT = Limits()

EXAMPLES = """\
kosent serve
kosent serve --port 9000 --model reviews=mine.kosent --model intents=runs/latest/bundle
kosent serve --host 0.0.0.0 --token-file token.txt --allow-host api.example.com
"""
KOREAN = """\
브라우저로 http://127.0.0.1:8000/을 열거나 POST /v1/predict로 JSON을 보냅니다. 경로와 오류는 모두
/docs에 있습니다 (pip install 'kosent[serve]'). --model은 여러 번 쓸 수 있고 첫 번째가 기본이며,
하나도 없으면 들어 있는 모델을 pretrained라는 이름으로 씁니다. 디스크에서 모델이 바뀌면 요청을 잃지
않고 새것으로 바꾸며, 망가진 것이면 쓰던 것을 계속 씁니다. 토큰은 명령줄이 아니라 --token-file이나
환경 변수 KOSENT_TOKEN으로 줍니다. SIGTERM에는 받은 요청에 모두 답하고 끝납니다.
"""
ENGLISH = """\
Open http://127.0.0.1:8000/ in a browser, or send JSON to POST /v1/predict; /docs lists all paths
and errors (pip install 'kosent[serve]'). --model may be given several times; the first is the
default, and without any the packaged model is served by the name pretrained. A model that is
replaced on disk is taken up without a lost request; a damaged one is refused, and the one before
goes on. A token comes from --token-file or the environment variable KOSENT_TOKEN, never from the
command line. On SIGTERM all that was received is answered before the end.
"""


@click.command(
    "serve", cls=Command, help=page(COMMANDS["serve"].summary, EXAMPLES, KOREAN, ENGLISH)
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help=said("기다릴 주소", "address to listen at"),
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help=said("기다릴 포트, 0이면 빈 것", "port to listen at; 0 is a free one"),
)
@click.option(
    "--model",
    "named",
    metavar="NAME=PATH",
    multiple=True,
    help=said("모델의 이름과 폴더나 .kosent 파일", "a model's name and its folder or .kosent file"),
)
@click.option(
    "--token-file",
    metavar="FILE",
    help=said("요청이 보여야 할 토큰이 든 파일", "file with the token that requests must show"),
)
@click.option(
    "--max-body",
    type=int,
    default=_DEFAULT.body,
    show_default=True,
    help=said("요청 하나의 바이트", "bytes of a request"),
)
@click.option(
    "--max-texts",
    type=int,
    default=_DEFAULT.texts,
    show_default=True,
    help=said("요청 하나의 글", "texts of a request"),
)
@click.option(
    "--max-characters",
    type=int,
    default=_DEFAULT.characters,
    show_default=True,
    help=said("글 하나의 글자", "characters of a text"),
)
@click.option(
    "--concurrency",
    type=int,
    default=_DEFAULT.concurrency,
    show_default=True,
    help=said("한꺼번에 기다리는 요청", "requests that wait at once"),
)
@click.option(
    "--timeout",
    type=float,
    default=_DEFAULT.timeout,
    show_default=True,
    help=said("답하기까지의 초", "seconds to an answer"),
)
@click.option(
    "--cors-origin",
    "origins",
    metavar="ORIGIN",
    multiple=True,
    help=said(
        "브라우저에서 요청해도 되는 다른 페이지, https://example.com처럼",
        "another page that may ask from a browser, such as https://example.com",
    ),
)
@click.option(
    "--allow-host",
    "hosts",
    metavar="NAME",
    multiple=True,
    help=said("이 서버를 부를 이름", "a name by which the server may be called"),
)
def command(
    host: str,
    port: int,
    named: tuple[str, ...],
    token_file: str | None,
    max_body: int,
    max_texts: int,
    max_characters: int,
    concurrency: int,
    timeout: float,
    origins: tuple[str, ...],
    hosts: tuple[str, ...],
) -> None:
    """Serve until the end is asked for."""
    _need_packages()
    # The cache on disk would keep what strangers send.
    os.environ.setdefault("KOSENT_CACHE", "off")
    from kosent.serving.server import listen, serve
    from kosent.serving.service import Service

    limits = Limits(max_body, max_texts, max_characters, concurrency, timeout)
    access = _access(host, token_file, origins, hosts)
    with listen(host, port) as listening:
        service = Service(_models(named), limits, access, _log)
        serve(service, listening, lambda: _announce(service.models, listening))


def _need_packages() -> None:
    try:
        require(*PACKAGES)
    except RuntimeSetupError as error:
        raise RuntimeSetupError(
            "서버에 필요한 패키지가 없습니다: pip install 'kosent[serve]'",
            "packages for the server are missing: pip install 'kosent[serve]'",
        ) from error


def _models(named: tuple[str, ...]) -> Models:
    from kosent.models.pretrained import pretrained_path
    from kosent.serving.models import Models, read_served

    paths: dict[str, str] = {}
    for each in named:
        name, mark, path = each.partition("=")
        if not (name and mark and path) or name in paths:
            raise UsageError(
                f"--model은 서로 다른 이름으로 NAME=PATH처럼 줍니다. 받은 값: {each!r}",
                f"--model takes NAME=PATH, each name once. Received: {each!r}",
            )
        paths[name] = path
    if not paths:
        paths["pretrained"] = str(pretrained_path())
    return Models([read_served(name, path) for name, path in paths.items()])


def _access(
    host: str, token_file: str | None, origins: tuple[str, ...], hosts: tuple[str, ...]
) -> Access:
    from kosent.serving.gate import LOOPBACK
    from kosent.serving.service import Access

    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise UsageError(
                f"--cors-origin은 https://example.com처럼 경로 없이 줍니다. 받은 값: {origin!r}",
                "--cors-origin takes an origin without a path, such as https://example.com. "
                f"Received: {origin!r}",
            )
    token = _token(token_file)
    if _is_loopback(host):
        return Access(token, (*LOOPBACK, host, *hosts), origins)
    if token is None:
        korean = "누구나 요청할 수 있는 주소입니다. --token-file로 토큰을 정할 수 있습니다"
        english = "anyone who reaches this address may ask; --token-file sets a token"
        say(Message(korean, english))
    # The names by which other addresses are called are not known.
    return Access(token, (*LOOPBACK, *hosts) if hosts else None, origins)


def _is_loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _token(file: str | None) -> bytes | None:
    if file is None:
        given = os.environ.get(TOKEN)
    else:
        from kosent.support.paths import user_path

        given = _content(user_path(file))
    if given is None:
        return None
    token = given.strip()
    if len(token) < _SHORTEST_TOKEN or not token.isascii() or not token.isprintable():
        raise UsageError(
            f"토큰은 ASCII 글자 {_SHORTEST_TOKEN}자 이상이어야 합니다. 받은 글자 수: {len(token)}",
            f"a token has at least {_SHORTEST_TOKEN} ASCII characters. Received: {len(token)}",
        )
    return token.encode()


def _content(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason: Any = getattr(error, "strerror", None) or error
        raise UsageError(
            f"토큰 파일 '{path}'을(를) 읽을 수 없습니다 ({reason})",
            f"cannot read the token file '{path}' ({reason})",
        ) from error


def _log(line: str) -> None:
    """Say a line; who reads the log may have left, and requests are answered all the same."""
    try:
        say(line)
    except OSError:
        abandon(sys.stderr)


def _announce(models: Models, listening: Any) -> None:
    from kosent.serving.server import address_of

    served = ", ".join(f"{each.name} {each.version}" for each in models)
    _log(f"kosent serve: {address_of(listening)} ({served})")
