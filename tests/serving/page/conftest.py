"""A browser, and a server of models whose answers can be worked out by hand."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from kosent.prediction.predictor import Predicted, Predictor
from kosent.serving.app import application
from kosent.serving.limits import Limits
from kosent.serving.models import Models, Served
from kosent.serving.service import Access, Service

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ATTACK = '<img src=x onerror=alert(1)>"><script>alert(2)</script>'
TOPICS = ["정치", "경제", "사회", "세계", "생활문화", "IT과학", "스포츠", ATTACK]
HARMS = ["욕설", "지역", "연령"]

_EVENTS = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


class Counting(Predictor):
    """Gives a label more for every word of its own in a text: its log-odds grow by 2.

    Args:
        labels: The labels.
        words: The words of each label.
        several: Whether a text may have several labels.
    """

    def __init__(self, labels: list[str], words: list[str], several: bool = False) -> None:
        self.classes_ = np.array(labels)
        self.words = [each.split() for each in words]
        self.thresholds_ = [0.5] * len(labels) if several else None
        self.info_ = {}

    def predict_noted(self, parts: Iterable[list[str]]) -> Iterator[Predicted]:
        for texts in parts:
            rows = np.array([self.row(text) for text in texts], np.float32)
            yield Predicted(rows, [at for at, text in enumerate(texts) if not text.strip()], [])

    def row(self, text: str) -> Any:
        scores = np.array([2.0 * sum(map(text.count, words)) for words in self.words])
        if self.thresholds_ is not None:
            return 1 / (1 + np.exp(1 - scores))
        return np.exp(scores) / np.exp(scores).sum()


def review() -> Counting:
    return Counting(["negative", "positive"], ["지루 실망 나쁘", "좋 재미 👍"])


MODELS: dict[str, Callable[[], Counting]] = {
    "reviews": review,
    "topics": lambda: Counting(
        TOPICS, ["국회", "주가", "사고", "외국", "책", "인터넷", "축구", "태그"]
    ),
    "harms": lambda: Counting(HARMS, ["바보", "동네", "늙"], several=True),
}


def served(name: str) -> Served:
    predictor = MODELS[name]()
    labels = predictor.classes_.tolist()
    return Served(
        name=name,
        path=Path(name),  # where nothing is, so that it stays what it is
        predictor=predictor,
        labels=labels,
        version="0123456789ab",
        size=1,
        loaded_at=datetime.now(UTC),
        identity=None,
    )


@contextmanager
def serving(*names: str, limits: Limits | None = None, token: bytes | None = None) -> Iterator[str]:
    """Serve models in a thread; yield the address."""
    import uvicorn

    models = Models(map(served, names))
    service = Service(models, limits or Limits(), Access(token), lambda _: None)
    app = application(service)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, ws="none", log_config=None)
    server = uvicorn.Server(config)
    begun = threading.Event()

    async def run() -> None:
        serve = asyncio.create_task(server.serve())
        while not server.started and not serve.done():
            await asyncio.sleep(0.01)
        begun.set()
        await serve

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    assert begun.wait(30)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser without a window; without one there is nothing to test."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip(f"no browser: none of {', '.join(PROGRAMS)} is on the path")
    sync_api.expect.set_options(timeout=20_000)  # a busy machine
    with sync_api.sync_playwright() as playwright:
        # A container's root may not make the sandbox; only our own page is shown.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def attack() -> str:
    """Return what would run if anything took it for HTML; a label of ``topics`` too."""
    return ATTACK


@pytest.fixture(scope="session")
def serve() -> Callable[..., AbstractContextManager[str]]:
    """Return what serves models under other limits."""
    return serving


@pytest.fixture(scope="module")
def home() -> Iterator[str]:
    """Return the address of a server of one model."""
    with serving("reviews") as address:
        yield address


@pytest.fixture(scope="module")
def street() -> Iterator[str]:
    """Return the address of a server of three models: two labels, eight, several a text."""
    with serving("reviews", "topics", "harms") as address:
        yield address


@dataclass
class Visit:
    """A page, and all that it did.

    Attributes:
        page: The page.
        asked: Bodies of the requests to predict.
        hosts: What was asked for, by host.
        wrong: What the console and the page's scripts complained of.
    """

    page: Page
    asked: list[dict[str, Any]] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def note(self, request: Any) -> None:
        self.hosts.add(request.url.split("/")[2] if "//" in request.url else request.url[:5])
        if request.url.endswith("/v1/predict"):
            self.asked.append(request.post_data_json)

    def texts(self, selector: str) -> list[str]:
        return self.page.locator(selector).all_text_contents()

    def type(self, text: str, delay: float = 5) -> None:
        self.page.locator("#text").press_sequentially(text, delay=delay)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Return what opens a page; what it did wrong fails the test, unless the test expects it."""
    open_ones: list[tuple[BrowserContext, Visit, str]] = []

    def opened(address: str, *, ready: bool = True, clock: bool = False, **options: Any) -> Visit:
        context = browser.new_context(**{"locale": "ko-KR"} | options)
        context.set_default_timeout(20_000)
        page = context.new_page()
        visit = Visit(page)
        page.add_init_script(_EVENTS)
        page.on("request", visit.note)
        page.on("console", lambda said: visit.wrong.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: visit.wrong.append(str(error)))
        page.on("dialog", lambda dialog: (visit.wrong.append("a dialog"), dialog.dismiss()))
        if clock:
            page.clock.install(time=0)
        page.goto(address)
        if ready:
            page.locator(".card").first.wait_for()
        if clock:
            page.clock.pause_at(3_600_000)  # from here on it only goes when a test says so
        open_ones.append((context, visit, address))
        return visit

    yield opened
    for context, each, address in open_ones:
        assert each.page.evaluate("window.violations") == []
        assert each.hosts <= {address.split("/")[2], "blob:"}
        assert [said for said in each.wrong if "Failed to load resource" not in said] == []
        context.close()
