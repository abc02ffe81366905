"""The docs' pictures of the page that ``kosent serve`` shows, taken in a browser without a window.

Beside the packaged model two small ones are served, trained here on sentences put together from
the words below: one of seven topics, one that may give a text several labels. They are for the
pictures and know nothing else. Needs playwright, a Chromium and Korean fonts.

Run: ``python bench/page_pictures.py [--to docs/images]``
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

from kosent import TextClassifier
from kosent.models.pretrained import pretrained_path

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
KOSENT = [sys.executable, "-c", "from kosent_cli.main import main; main()"]

SENTENCE = "재미있을 줄 알았는데 완전 실망했다 😢 너무 졸리고 돈이 아까웠다"
NEWS = "은행 감독이 또 실망이네 이게 맞나요?"
LINES = [
    "배우들 연기가 정말 좋았어요",
    "두 시간이 이렇게 길 줄은 몰랐다",
    "음악이 오래 남아요 👍",
    "=지루함+실망",
    "가족과 함께 보기에 딱 좋아요",
    "이야기가 뻔하고 결말이 허무하다",
]

TOPICS = {
    "경제": "주가 환율 금리 은행 수출",
    "과학": "로켓 반도체 인공위성 백신 로봇",
    "문화": "전시회 소설 공연 영화제 한복",
    "사회": "교통사고 학교 병원 출근길 화재",
    "세계": "유엔 국경 외교관 대사관 정상회담",
    "스포츠": "월드컵 결승 감독 야구 올림픽",
    "정치": "국회 대통령 선거 장관 예산안",
}
NEWS_ENDINGS = ("소식을 들었다", "이야기가 나왔다", "때문에 바쁘다", "중계를 보았다", "관련 발표")
TONES = {"감탄": ("정말 최고다!", "와 멋지다!"), "불만": ("또 실망이네", "돈이 아까워")}
QUESTION = ("언제 하나요?", "이게 맞나요?")
SUBJECTS = ("영화", "음식", "배송", "공연", "가방", "숙소", "감독이", "중계를")


def topics() -> TextClassifier:
    """Return a classifier of seven topics."""
    rows = [
        (f"{word} {ending}", topic)
        for topic, words in TOPICS.items()
        for word, ending in product(words.split(), NEWS_ENDINGS)
    ]
    texts, labels = zip(*rows, strict=True)
    return TextClassifier("ngrams", epochs=20, seed=0).fit(list(texts), list(labels))


def tones() -> TextClassifier:
    """Return a classifier of tones, of which a text may have several."""
    rows: list[tuple[str, list[str]]] = []
    for subject, (tone, endings) in product(SUBJECTS, TONES.items()):
        for ending in endings:
            rows.append((f"{subject} {ending}", [tone]))
            rows += [(f"{subject} {ending} {asked}", [tone, "질문"]) for asked in QUESTION]
    rows += [(f"{subject} {asked}", ["질문"]) for subject, asked in product(SUBJECTS, QUESTION)]
    rows += [(f"{subject} 보았다", []) for subject in SUBJECTS]
    texts, labels = zip(*rows, strict=True)
    return TextClassifier("ngrams", epochs=20, multilabel=True, seed=0).fit(texts, labels)


@contextmanager
def serving(**models: Path) -> Iterator[str]:
    """Serve models; yield the address."""
    named = [word for name, path in models.items() for word in ("--model", f"{name}={path}")]
    command = [*KOSENT, "serve", "--port", "0", *named]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            said = next(filter(None, (re.search(r"http://[\w.:]+", at) for at in server.stderr)))
            yield f"{said[0]}/"
        finally:
            server.terminate()


def opened(browser: Any, address: str, width: int, height: int, **options: Any) -> Any:
    """Open the page, in Korean and without movement."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="ko-KR",
        reduced_motion="reduce",
        **options,
    )
    page = context.new_page()
    page.goto(address)
    page.locator(".card").first.wait_for()
    return page


def write(page: Any, text: str) -> None:
    """Write a sentence, and wait until all of it is answered."""
    from playwright.sync_api import expect

    page.locator("#text").fill(text)
    expect(page.locator("#mirror mark")).to_have_text(text.split())
    expect(page.locator(".busy")).to_have_count(0)
    page.locator("h1").click()  # leaves the field


def take(page: Any, path: Path) -> None:
    """Take a picture of the whole page."""
    from PIL import Image

    page.screenshot(path=path, full_page=True)
    Image.open(path).convert("RGB").save(path, optimize=True)
    print(f"{path}: {path.stat().st_size:,} bytes")


def sentence(browser: Any, address: str, folder: Path) -> None:
    """Take the picture of one model and its reasons."""
    page = opened(browser, address, 860, 640)
    write(page, SENTENCE)
    page.locator(".why").click()
    page.locator(".reasons").wait_for()
    take(page, folder / "page-sentence.png")


def models(browser: Any, address: str, folder: Path) -> None:
    """Take the picture of three models side by side, in the dark."""
    page = opened(browser, address, 1160, 700, color_scheme="dark")
    write(page, NEWS)
    take(page, folder / "page-models.png")


def lines(browser: Any, address: str, folder: Path) -> None:
    """Take the picture of a file, on a telephone."""
    page = opened(browser, address, 360, 740)
    page.locator("#to-lines").click()
    content = "\n".join(LINES).encode("cp949", "ignore")
    page.locator("#file").set_input_files(
        {"name": "리뷰.txt", "mimeType": "text/plain", "buffer": content}
    )
    page.locator("#start").click()
    page.locator(".rows").wait_for()
    take(page, folder / "page-lines.png")


def main() -> None:
    """Train, serve, and take the pictures."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=Path("docs/images"))
    folder = parser.parse_args().to
    program = next(filter(None, map(shutil.which, PROGRAMS)))
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        trained = {"topics": topics(), "tones": tones()}
        paths = {name: model.save(Path(made) / name) for name, model in trained.items()}
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        reviews = pretrained_path()
        with serving(reviews=reviews) as address:
            sentence(browser, address, folder)
            lines(browser, address, folder)
        with serving(reviews=reviews, **paths) as address:
            models(browser, address, folder)
        browser.close()


if __name__ == "__main__":
    main()
