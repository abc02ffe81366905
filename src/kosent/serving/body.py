"""The body of a request: its bytes, bounded in size and time, and the JSON in them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from kosent.language import Message
from kosent.serving import refusals
from kosent.serving.limits import BODY_SECONDS

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.types import Receive

_SIZE = re.compile("[0-9]{1,18}")  # of what is longer, or no number, no server makes a request
_LINGER_BODIES = 16  # too large a body is read so many times further before it is refused:
_LINGER_SECONDS = 2.0  # a connection that is closed over unread bytes may lose the answer


class Bodies:
    """Reads bodies; knows how many bytes of them are held at once.

    Args:
        limit: Bytes of a body.
        held: Bytes of all of them together.
        seconds: Until one must have come.
    """

    def __init__(self, limit: int, held: int, seconds: float = BODY_SECONDS) -> None:
        self._limit = limit
        self._most = held
        self._seconds = seconds
        self._held = 0

    async def read(self, headers: Headers, receive: Receive) -> bytes:
        """Return a body.

        Raises:
            Refusal: If it is packed, no JSON by its type, too large, or does not come whole.
        """
        check_kind(headers)
        declared = headers.get("content-length", "")
        size = int(declared) if _SIZE.fullmatch(declared) else 0
        if size > self._limit:
            if "expect" not in headers:
                await self._linger(receive)
            raise refusals.body_too_large(size, self._limit)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._parts(receive)
        except TimeoutError:
            raise refusals.body_too_slow(self._seconds) from None

    async def _parts(self, receive: Receive) -> bytes:
        parts, size = [], 0
        try:
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise refusals.left()
                more = message.get("more_body", False)
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                self._held += len(parts[-1])
                await self._check(size, receive if more else None)
                if not more:
                    return b"".join(parts)
        finally:
            self._held -= size

    async def _check(self, size: int, receive: Receive | None) -> None:
        """Refuse too many bytes, those of one body or of all; more may be coming."""
        if size > self._limit:
            if receive is not None:
                await self._linger(receive)
            raise refusals.body_too_large(size, self._limit)
        if self._held > self._most:
            raise refusals.overloaded()

    async def _linger(self, receive: Receive) -> None:
        """Read what is refused a while longer, so that the answer arrives."""
        left = _LINGER_BODIES * self._limit
        try:
            async with asyncio.timeout(_LINGER_SECONDS):
                while left > 0:
                    message = await receive()
                    if not message.get("more_body", False):
                        return
                    left -= len(message["body"])
        except TimeoutError:
            return


def check_kind(headers: Headers) -> None:
    """Refuse a body that is packed, or does not say that it is JSON in UTF-8.

    Raises:
        Refusal: If it is.
    """
    encoding = headers.get("content-encoding", "identity")
    if encoding.strip().lower() not in ("", "identity"):
        raise refusals.packed(encoding)
    received = headers.get("content-type", "")
    kind, *parameters = (part.strip().lower() for part in received.split(";"))
    charsets = [part[8:].strip('"') for part in parameters if part.startswith("charset=")]
    if kind != "application/json" or any(each not in ("utf-8", "utf8") for each in charsets):
        raise refusals.wrong_type(received)


def parsed(body: bytes) -> Any:
    """Return the JSON of a body, by the letter of RFC 8259: no NaN, and no key twice.

    Raises:
        Refusal: If it is none.
    """
    try:
        return _DECODER.decode(body.decode().removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        raise refusals.no_json(
            Message(f"UTF-8이 아닙니다 (바이트 {error.start})", f"no UTF-8 (byte {error.start})")
        ) from None
    except json.JSONDecodeError as error:
        raise refusals.no_json(
            Message(f"{error.pos + 1}번째 글자에서 틀립니다", f"wrong at character {error.pos + 1}")
        ) from None
    except RecursionError:
        raise refusals.no_json(Message("너무 깊이 겹쳤습니다", "nested too deeply")) from None
    except ValueError:  # a whole number of thousands of digits
        raise refusals.no_json(Message("수가 너무 깁니다", "a number is too long")) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise refusals.no_json(Message("같은 키가 두 번 있습니다", "a key stands in it twice"))
    return found


def _no_number(name: str) -> NoReturn:
    raise refusals.no_json(Message(f"{name}은(는) JSON에 없습니다", f"JSON has no {name}"))


_constant: Callable[[str], Any] = _no_number
_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_constant)
