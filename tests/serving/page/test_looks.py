"""Whoever comes: by keyboard, on a telephone, in the dark, with a screen reader, in English."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect

LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
LEAST_SIDE = 24  # px of what is touched (2.5.8)

# Every element that shows text itself, with its colour and the colours that lie under it.
_TEXTS = """
() => {
  const found = [];
  for (const element of document.body.querySelectorAll("*")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    const isField = element.matches("textarea, select");
    if (!(own || isField) || !element.checkVisibility()) continue;
    if (element.closest("#mirror, .unseen, :disabled")) continue;
    const under = [];
    for (let at = element; at; at = at.parentElement) {
      under.push(getComputedStyle(at).backgroundColor);
    }
    const style = getComputedStyle(element);
    const colour = element instanceof SVGElement ? style.fill : style.color;
    found.push([element.textContent.trim().slice(0, 40), colour, under]);
  }
  return found;
}
"""
# The browser's own reading of a colour, whatever form it has.
_RGBA = """
(colours) => {
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  return colours.map((colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  });
}
"""


def over(top: list[float], ground: list[float]) -> list[float]:
    share = top[3] / 255
    return [share * one + (1 - share) * other for one, other in zip(top, ground, strict=False)][:3]


def luminance(colour: list[float]) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(value / 255) for value in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: list[float], other: list[float]) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def contrasts(page: Any) -> list[tuple[float, str]]:
    found = []
    texts = page.evaluate(_TEXTS)
    colours = sorted({each for _, colour, under in texts for each in (colour, *under)})
    seen = dict(zip(colours, page.evaluate(_RGBA, colours), strict=True))
    for text, colour, under in texts:
        ground: list[float] = [255, 255, 255]
        for layer in reversed(under):
            ground = over(seen[layer], ground)
        found.append((contrast(over(seen[colour], ground), ground), text))
    return found


def names(page: Any) -> list[tuple[str, str]]:
    """Return role and name of all that can be operated, as the browser tells screen readers."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    kinds = {"button", "textbox", "combobox", "checkbox", "link", "tab", "DisclosureTriangle"}
    kinds |= {"progressbar", "progressIndicator", "image", "tabpanel", "tablist", "table"}
    return [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in nodes
        if not node["ignored"] and node["role"]["value"] in kinds
    ]


def fill(seen: Any) -> Any:
    """Bring everything into sight: answers, tables, reasons."""
    page = seen.page
    page.locator("#text").fill("국회 재미 😀 바보 지루하고 실망 실망 실망")
    expect(page.locator(".card").first.locator(".verdict strong")).to_have_text("negative")
    for summary in page.locator("summary:visible").all():
        summary.click()
    page.locator(".why").first.click()
    return page


def test_everything_can_be_read(visit: Callable[..., Any], street: str) -> None:
    page = fill(visit(street, reduced_motion="reduce"))
    hold_that_all_can_be_read(page, least=60)
    page.get_by_role("tab", name="여러 줄").click()
    page.locator("#pasted").fill("좋다\n나쁘다")
    page.get_by_role("button", name="시작").click()
    page.locator(".rows").wait_for()
    hold_that_all_can_be_read(page, least=30)


def hold_that_all_can_be_read(page: Any, least: int) -> None:
    body = "getComputedStyle(document.body).backgroundColor"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        seen = contrasts(page)
        assert len(seen) > least
        assert [each for each in seen if each[0] < LEAST_CONTRAST] == [], scheme
        (ground,) = page.evaluate(_RGBA, [page.evaluate(body)])
        assert (luminance(ground) < 0.05) is (scheme == "dark")


def test_letters_over_the_strongest_colour_can_be_read(
    visit: Callable[..., Any], home: str
) -> None:
    script = """
    () => Array.from({ length: 8 }, (_, hue) => {
      const mark = document.createElement("mark");
      mark.className = `hue-${hue}`;
      mark.style.setProperty("--strength", "1");
      document.querySelector(".paper").append(mark);
      const ink = getComputedStyle(document.getElementById("text")).color;
      return [ink, ...[mark, mark.parentElement].map((e) => getComputedStyle(e).backgroundColor)];
    })
    """
    page = visit(home).page
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for colours in page.evaluate(script):
            ink, tint, ground = page.evaluate(_RGBA, colours)
            assert contrast(ink, over(tint, ground)) >= LEAST_CONTRAST, (scheme, colours)


@pytest.mark.parametrize("language", ["ko-KR", "en-US"])
def test_a_telephone_needs_no_scrolling_aside(
    language: str, visit: Callable[..., Any], street: str
) -> None:
    telephone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "locale": language}
    page = fill(visit(street, **telephone))
    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) == 360
    small = "[...document.querySelectorAll('button, select, summary, textarea')]"
    small += ".filter((e) => e.checkVisibility()).map((e) => e.getBoundingClientRect())"
    assert all(box["height"] >= LEAST_SIDE for box in page.evaluate(small))
    page.locator("#to-lines").click()
    page.locator("#pasted").fill("가" * 200 + "\n나쁘다")
    page.locator("#start").click()
    page.locator(".rows").wait_for()
    assert page.evaluate(width) == 360


def test_everything_has_a_name(visit: Callable[..., Any], street: str) -> None:
    page = fill(visit(street))
    found = names(page)
    assert [each for each in found if not each[1].strip()] == []
    assert ("textbox", "문장을 쓰면 어절마다 확률이 움직입니다") in found
    assert ("button", "topics: 왜?") in found
    assert len([each for each in found if each[0] == "image"]) == 3
    ids = "[...document.querySelectorAll('[id]')].map((element) => element.id)"
    assert len(set(page.evaluate(ids))) == len(page.evaluate(ids))
    page.locator("#to-lines").click()
    page.locator("#pasted").fill("좋다")
    page.locator("#start").click()
    page.locator(".rows").wait_for()
    found = names(page)
    assert [each for each in found if not each[1].strip()] == []
    assert any("한 줄에 글 하나인 파일을 고르거나" in name for _, name in found)


def test_a_keyboard_is_enough(visit: Callable[..., Any], home: str) -> None:
    page = visit(home).page
    focus = """
    () => {
      const element = document.activeElement;
      const shown = element.matches("#text") ? element.closest(".paper") : element;
      const name = element.id || element.className || element.lang;
      return [name, getComputedStyle(shown).outlineStyle];
    }
    """

    def tab() -> str:
        page.keyboard.press("Tab")
        name, outline = page.evaluate(focus)
        assert outline == "solid", name
        return str(name)

    assert [tab() for _ in range(4)] == ["ko", "en", "to-sentence", "text"]
    page.keyboard.insert_text("좋다")
    expect(page.locator(".verdict strong")).to_have_text("positive")
    assert [tab() for _ in range(3)] == ["ko"] * 3
    page.keyboard.press("Enter")  # the last of the examples
    expect(page.locator("#text")).not_to_have_value("좋다")
    tab()
    page.keyboard.press("Enter")
    expect(page.locator(".card details[open] table")).to_be_visible()
    assert tab() == "why"
    page.keyboard.press("Space")
    expect(page.locator(".why")).to_have_attribute("aria-expanded", "true")
    page.locator("#to-sentence").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#to-lines")).to_be_focused()
    expect(page.locator("#lines")).to_be_visible()
    page.keyboard.press("Tab")  # the file; its frame is drawn around its label
    assert page.evaluate("document.activeElement.id") == "file"
    label = "getComputedStyle(document.querySelector('label[for=file]')).outlineStyle"
    assert page.evaluate(label) == "solid"
    assert tab() == "pasted"
    page.keyboard.insert_text("좋다")
    assert tab() == "start"
    page.keyboard.press("Enter")
    expect(page.locator("#download")).to_be_focused()


def test_answers_are_read_out_once(visit: Callable[..., Any], home: str) -> None:
    seen = visit(home, clock=True)
    page = seen.page
    live = page.locator("[aria-live]")
    assert {each.get_attribute("aria-live") for each in live.all()} == {"polite"}
    for text in ("좋", "좋다", "좋다 정말"):
        with page.expect_response("**/v1/predict"):
            page.locator("#text").fill(text)
            page.clock.run_for(200)
        expect(page.locator("#mirror mark")).to_have_count(len(text.split()))
        expect(page.locator("#said")).to_have_text("")
    expect(page.locator(".busy")).to_have_count(0)
    page.clock.run_for(1000)
    expect(page.locator("#said")).to_have_text("reviews: positive 88.1%")


def test_two_languages(visit: Callable[..., Any], home: str) -> None:
    page = visit(home, locale="fr-FR").page
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("#text").fill("아무 말")
    expect(page.locator("#size")).to_have_text("characters: 4, words: 2")
    expect(page.locator(".verdict strong")).to_have_text("negative")
    page.get_by_role("button", name="한국어").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.get_by_role("button", name="한국어")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#size")).to_have_text("4자, 2어절")
    expect(page.locator(".why")).to_have_text("왜?")
    english = page.evaluate(
        "[...document.querySelectorAll('[data-word]')].map((element) => element.textContent)"
        ".filter((text) => !/[가-힣]/.test(text))"
    )
    assert english == []


def test_nothing_moves_for_those_who_asked(visit: Callable[..., Any], home: str) -> None:
    moving = """
    (what) => [".bar", ".card"].map((name) => {
      document.querySelector(".card").classList.add("busy");
      return getComputedStyle(document.querySelector(name))[what];
    })
    """
    page = visit(home, reduced_motion="reduce").page
    assert page.evaluate(moving, "transitionDuration") == ["0s", "0s"]
    assert page.evaluate(moving, "animationName") == ["none", "none"]
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(moving, "transitionDuration") == ["0.2s", "0s"]
    assert page.evaluate(moving, "animationName") == ["none", "waiting"]
