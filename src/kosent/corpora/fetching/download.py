"""Official files over HTTP: resumed where they were cut, verified, then renamed.

Of a file without a published checksum two halves that do not belong together could not be told
from the whole, so it is resumed only where the server's ETag says that it has not changed.

While a file is on its way it is ``NAME.part``, with the server's ETag beside it in
``NAME.part.etag``. The part is locked (``flock``, so POSIX only): a second process
waits and then finds the work done.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from kosent.corpora.base import Progress
from kosent.corpora.fetching.checksums import checksum, is_whole_gzip
from kosent.corpora.fetching.sha256 import SHA256
from kosent.corpora.spec import RemoteFile
from kosent.errors import DownloadError, RuntimeSetupError

if TYPE_CHECKING:
    from requests import RequestException, Response

TIMEOUT = (10.0, 60.0)  # seconds to connect, seconds of silence
# Of a whole download, however little comes at a time; the next one goes on from there.
_PATIENCE = 600.0  # seconds, and for what there is to fetch:
_SLOWEST = 20_000  # bytes a second
_LARGEST = 2 * 1024**3  # bytes of a file whose size is not known
_CHUNK = 2**13  # bytes; what is in a chunk when the connection is cut is lost


def download(remote: RemoteFile, target: Path, progress: Progress | None = None) -> None:
    """Fetch one file to ``target``, which appears whole and verified or not at all.

    Args:
        remote: What to fetch and how to know it is right.
        target: Where it belongs; missing parent folders are made.
        progress: Called with bytes so far and bytes in all, or ``None`` where not known.

    Raises:
        DownloadError: If the connection or the server fails (what came so far stays for
            the next try), or the file is not the official one (then it is deleted).
        RuntimeSetupError: If the disk refuses.
    """
    from requests import RequestException

    part = target.with_name(f"{target.name}.part")
    etag = target.with_name(f"{target.name}.part.etag")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(part) as file:
            try:
                if not target.exists():  # else another process fetched it while we waited
                    listener = _in_time(remote, progress)
                    at_once = _fill(file, remote, etag, listener)
                    difference = _difference(file, part, remote)
                    if difference and not at_once:  # parts of several files
                        file.truncate(0)
                        _fill(file, remote, etag, listener)
                        difference = _difference(file, part, remote)
                    if difference:
                        raise _unofficial(part, remote, *difference)
                    os.fsync(file.fileno())
                    part.replace(target)
            finally:
                _tidy(file, part, etag)
    except RequestException as error:  # an OSError of its own
        raise _failed(remote, target, error) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise RuntimeSetupError(
            f"'{target}'에 쓸 수 없습니다 ({reason}). 권한과 남은 공간을 확인하거나 "
            "KOSENT_DATA로 다른 폴더를 지정하세요",
            f"cannot write '{target}' ({reason}); check permissions and free space, "
            "or name another folder with KOSENT_DATA",
        ) from error


@contextmanager
def _locked(part: Path) -> Iterator[IO[bytes]]:
    """Open the part for appending, once nobody else holds it."""
    import fcntl

    while True:
        with part.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_at(file, part):
                yield file
                return
        # The holder has renamed or deleted it while we waited: look again.


def _is_at(file: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _tidy(file: IO[bytes], part: Path, etag: Path) -> None:
    """Leave a part behind only where there is something to go on with."""
    if _size(file) == 0 and _is_at(file, part):
        part.unlink()
    if not part.exists():
        etag.unlink(missing_ok=True)


def _fill(file: IO[bytes], remote: RemoteFile, etag: Path, progress: Progress | None) -> bool:
    """Transfer what is missing, again for as long as each try brings the end nearer.

    Returns:
        Whether all of it came in one answer.
    """
    from requests import HTTPError, RequestException

    best = _size(file)
    while best != remote.size:
        try:
            return _transfer(file, remote, etag, progress)
        except HTTPError:
            raise
        except RequestException:
            if _size(file) <= best:
                raise
            best = _size(file)
    return False


def _transfer(file: IO[bytes], remote: RemoteFile, etag: Path, progress: Progress | None) -> bool:
    """Ask once for what is missing; start over where the server cannot go on from there."""
    known = _kept_etag(etag)
    start = _size(file) if remote.checksum is not None or known else 0
    headers = {"Accept-Encoding": "identity"}  # a range of compressed bytes fits nothing
    if start:
        headers["Range"] = f"bytes={start}-"
        if known:
            headers["If-Range"] = known
    with _asked(remote.url, headers) as response:
        usable = response.status_code == 200 or _continues(response, start)
        if start and not usable and response.status_code in (206, 416):
            file.truncate(0)
            return _transfer(file, remote, etag, progress)
        response.raise_for_status()
        if response.status_code == 200:
            file.truncate(0)
        _keep_etag(response, etag)
        _copy(response, file, remote, progress)
        return response.status_code == 200


def _asked(url: str, headers: dict[str, str]) -> Response:
    import requests

    try:
        return requests.get(url, headers=headers, stream=True, timeout=TIMEOUT)
    except requests.RequestException:
        raise
    except ValueError as error:  # a redirect to what is no address, such as http://[::1
        raise requests.exceptions.InvalidURL(str(error)) from error


def _in_time(remote: RemoteFile, progress: Progress | None) -> Progress:
    """Return what listens to a download and ends one that takes too long, or never ends."""
    from requests import HTTPError  # after which nothing is tried again

    end = time.monotonic() + _PATIENCE + (remote.size or _LARGEST) / _SLOWEST

    def listen(done: int, total: int | None) -> None:
        if time.monotonic() > end:
            raise HTTPError("timed out")
        if remote.size is None and done > _LARGEST:
            raise HTTPError(f"more than {_LARGEST:,} bytes")
        if progress is not None:
            progress(done, total)

    return listen


def _kept_etag(path: Path) -> str:
    """Return the server's ETag of what is there; empty where there is none that could be sent."""
    try:
        kept = path.read_text("ascii")
    except (OSError, ValueError):
        return ""
    return kept if kept.startswith('"') and kept.isprintable() else ""


def _continues(response: Response, start: int) -> bool:
    given = response.headers.get("Content-Range", "")
    return response.status_code == 206 and given.startswith(f"bytes {start}-")


def _keep_etag(response: Response, etag: Path) -> None:
    given = response.headers.get("ETag", "")
    # A weak one (W/"...") may not be used with If-Range.
    if given.startswith('"') and given.isascii() and given.isprintable():
        etag.write_text(given, "utf-8")
    else:
        etag.unlink(missing_ok=True)


def _copy(
    response: Response, file: IO[bytes], remote: RemoteFile, progress: Progress | None
) -> None:
    done = _size(file)
    length = response.headers.get("Content-Length", "")
    total = done + int(length) if length.isdecimal() else remote.size
    try:
        for chunk in _arriving(response):
            file.write(chunk)
            done += len(chunk)
            if progress is not None:
                progress(done, total)
            if remote.size is not None and done > remote.size:
                return  # not the official file, however long it goes on
    finally:
        file.flush()


def _arriving(response: Response) -> Iterator[bytes]:
    """Give what comes as it comes, so that a byte a minute is seen as one."""
    from requests.exceptions import ChunkedEncodingError
    from requests.exceptions import ConnectionError as NoConnection
    from urllib3.exceptions import HTTPError, ProtocolError

    try:
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            yield chunk
    except ProtocolError as error:
        raise ChunkedEncodingError(str(error)) from error
    except HTTPError as error:
        raise NoConnection(str(error)) from error


def _unofficial(part: Path, remote: RemoteFile, expected: str, received: str) -> DownloadError:
    """Delete what has come and build the error that says so."""
    part.unlink()
    return DownloadError(
        f"{remote.url}에서 받은 파일이 공식 파일과 다릅니다. "
        f"기대: {expected}, 받음: {received}. 받은 것은 지웠습니다. 다시 시도하세요",
        f"the file from {remote.url} is not the official one. Expected: {expected}. "
        f"Received: {received}. It was deleted; try again",
    )


def _difference(file: IO[bytes], part: Path, remote: RemoteFile) -> tuple[str, str] | None:
    """Return what was expected and what has come, where it is not the official file."""
    size = _size(file)
    if remote.size is not None and size != remote.size:
        expected, received = f"{remote.size:,} bytes", f"{size:,} bytes"
    elif remote.checksum is None:
        expected = "a whole gzip file"
        received = expected if is_whole_gzip(part) else f"{size:,} bytes that are none"
    else:
        expected, received = remote.checksum, checksum(part, remote.algorithm)
        if expected == received and remote.path in SHA256:
            expected, received = SHA256[remote.path], checksum(part, "sha256")
    return None if expected == received else (expected, received)


def _failed(remote: RemoteFile, target: Path, error: RequestException) -> DownloadError:
    korean, english = _reason(error)
    return DownloadError(
        f"{remote.url}을(를) 내려받지 못했습니다 ({korean}). 다시 시도하거나, 파일을 직접 "
        f"'{target}'에 두거나, KOSENT_DATA로 파일이 있는 폴더를 지정하세요",
        f"could not download {remote.url} ({english}); try again, put the file at '{target}' "
        "by hand, or name the folder that has it with KOSENT_DATA",
    )


def _reason(error: RequestException) -> tuple[str, str]:
    from requests import ConnectionError as NoConnection
    from requests import Timeout
    from requests.exceptions import ChunkedEncodingError

    if error.response is not None:
        code = error.response.status_code
        return f"서버 응답 {code}", f"the server answered {code}"
    # Silence in the middle of an answer comes as a ConnectionError.
    if isinstance(error, Timeout) or "timed out" in str(error):
        return "시간 초과", "timed out"
    if isinstance(error, ChunkedEncodingError):
        return "연결이 끊김", "the connection was cut"
    if isinstance(error, NoConnection):
        return "서버에 연결할 수 없음", "no connection to the server"
    return str(error)[:200], str(error)[:200]


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size
