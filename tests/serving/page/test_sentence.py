"""A sentence in a browser: what a typist sees, and what the server is asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect

SENTENCE = "재미있을 줄 알았는데 너무 지루하고 나쁘다"


def test_a_typist_sees_every_word_take_its_colour(visit: Callable[..., Any], home: str) -> None:
    seen = visit(home)
    seen.type(SENTENCE, delay=15)
    marks = seen.page.locator("#mirror mark")
    expect(marks).to_have_text(SENTENCE.split())
    hues = [mark.get_attribute("class") for mark in marks.all()]
    assert hues == ["hue-1"] * 4 + ["hue-0"] * 2
    expect(seen.page.locator(".verdict")).to_have_text("negative 88.1%")
    expect(seen.page.locator(".bars .value")).to_have_text(["88.1%", "11.9%"])
    expect(seen.page.locator("#size")).to_have_text("23자, 6어절")
    expect(seen.page.locator("#said")).to_have_text("reviews: negative 88.1%")
    assert seen.asked[-1] == {"text": SENTENCE, "model": "reviews", "trace": True}
    assert len(seen.asked) < len(SENTENCE)
    assert seen.page.locator("#text").input_value() == SENTENCE


# What decides where a letter stands, in the copy and in the field.
_SETTING = """
[...document.querySelectorAll(".written")].map((element) => {
  const style = getComputedStyle(element);
  const names = ["font", "letterSpacing", "wordSpacing", "textIndent", "tabSize", "padding"];
  names.push("whiteSpace", "wordBreak", "overflowWrap", "lineBreak", "textTransform", "width");
  return names.map((name) => style[name]);
})
"""


def test_the_colours_lie_under_the_letters(visit: Callable[..., Any], home: str) -> None:
    """Lines of the copy break where those of the field do: both end up equally high."""
    seen = visit(home, viewport={"width": 360, "height": 740})
    text = f"{SENTENCE} " * 6 + "가" * 60 + "\n\n좋다 " + "a" * 50
    seen.page.locator("#text").fill(text)
    expect(seen.page.locator("#mirror mark")).to_have_count(len(text.split()))
    heights = "[...document.querySelectorAll('.written')].map((each) => each.scrollHeight)"
    copy, field = seen.page.evaluate(heights)
    assert abs(copy - field) <= 1
    copy, field = seen.page.evaluate(_SETTING)
    assert copy == field
    # A word's colour takes no room: else the words after it would stand elsewhere.
    sides = "getComputedStyle(document.querySelector('mark'))"
    for side in ("paddingLeft", "paddingRight", "marginLeft", "marginRight", "borderLeftWidth"):
        assert seen.page.evaluate(f"{sides}.{side}") == "0px"


def test_nothing_is_sent_for_half_a_syllable(visit: Callable[..., Any], home: str) -> None:
    seen = visit(home, clock=True)
    keyboard = seen.page.context.new_cdp_session(seen.page)
    field = seen.page.locator("#text")
    field.focus()
    for syllable in (("ㅈ", "조", "좋"), ("ㄷ", "다")):
        for half in syllable:
            place = {"selectionStart": len(half), "selectionEnd": len(half)}
            keyboard.send("Input.imeSetComposition", {"text": half, **place})
            seen.page.clock.run_for(2000)
            expect(seen.page.locator("#composing")).to_be_visible()
            assert seen.asked == []
        # As input methods do: the next syllable begins in the moment in which this one ends.
        keyboard.send("Input.insertText", {"text": syllable[-1]})
    assert field.input_value() == "좋다"
    seen.page.clock.run_for(149)
    assert seen.asked == []
    seen.page.clock.run_for(1)
    expect(seen.page.locator("#mirror mark")).to_have_text(["좋다"])
    assert [each["text"] for each in seen.asked] == ["좋다"]
    expect(seen.page.locator("#composing")).to_be_hidden()


def test_a_space_ends_a_word_and_keys_wait_for_each_other(
    visit: Callable[..., Any], home: str
) -> None:
    seen = visit(home, clock=True)
    for key in "abc":
        seen.type(key)
        seen.page.clock.run_for(100)
    assert seen.asked == []
    with seen.page.expect_request("**/v1/predict"):
        seen.type(" ")
    assert [each["text"] for each in seen.asked] == ["abc "]


def test_places_are_code_points(visit: Callable[..., Any], home: str) -> None:
    words = ["😀😀", "좋다👍🏽", "𠮷野家", "나쁘다", "e\u0301"]
    seen = visit(home)
    seen.page.locator("#text").fill("\u3000" + "  ".join(words) + " ")
    expect(seen.page.locator("#mirror mark")).to_have_text(words)
    assert seen.page.locator("#mirror mark").nth(1).get_attribute("class") == "hue-1"
    expect(seen.page.locator("#size")).to_contain_text(f"{sum(map(len, words)) + 10}자, 5어절")


def test_a_word_that_grows_loses_its_colour(visit: Callable[..., Any], home: str) -> None:
    seen = visit(home, clock=True)
    seen.page.locator("#text").fill("정말 좋다")
    seen.page.clock.run_for(200)
    expect(seen.page.locator("#mirror mark")).to_have_count(2)
    seen.page.locator("#text").press("End")
    seen.type("고")  # and the answer to it does not come: the clock stands still
    expect(seen.page.locator("#mirror mark")).to_have_text(["정말"])


def test_an_old_answer_is_dropped(visit: Callable[..., Any], home: str) -> None:
    seen = visit(home)
    held: list[Any] = []
    seen.page.route("**/v1/predict", lambda route: held.append(route))
    with seen.page.expect_event("requestfailed") as failed:
        with seen.page.expect_request("**/v1/predict"):
            seen.page.locator("#text").fill("좋다")
        with seen.page.expect_request("**/v1/predict"):
            seen.page.locator("#text").fill("나쁘다")
    assert json.loads(failed.value.post_data)["text"] == "좋다"
    old = {"text": "좋다", "label": "positive", "probabilities": {"negative": 0, "positive": 1}}
    held[0].fulfill(json={"model": "reviews", "version": "old", "predictions": [old]})
    held[1].continue_()
    expect(seen.page.locator(".verdict")).to_contain_text("negative")
    expect(seen.page.locator(".version")).to_have_text("판 0123456789ab")


def test_what_is_no_text_says_so(visit: Callable[..., Any], home: str) -> None:
    seen = visit(home)
    field = seen.page.locator("#text")
    field.fill("좋다")
    expect(seen.page.locator(".verdict strong")).to_have_text("positive")
    field.fill("   \n ")
    expect(seen.page.locator(".verdict")).to_have_text("문장을 기다립니다")
    assert len(seen.asked) == 1


def test_an_attack_stays_text(visit: Callable[..., Any], street: str, attack: str) -> None:
    seen = visit(street)
    seen.page.locator("#text").fill(f"태그 {attack} 태그")
    expect(seen.page.locator(".card").nth(1).locator(".verdict strong")).to_have_text(attack)
    assert "".join(seen.texts("#mirror")) == f"태그 {attack} 태그\u200b"
    seen.page.locator("summary:visible").last.click()
    assert seen.page.evaluate("document.images.length + document.scripts.length") == 1


def test_an_attack_in_a_refusal_stays_text(
    visit: Callable[..., Any], home: str, attack: str
) -> None:
    seen = visit(home)
    told = {"error": {"code": "odd", "message": attack}}
    seen.page.route("**/v1/predict", lambda route: route.fulfill(status=422, json=told))
    seen.page.locator("#text").fill("좋다")
    expect(seen.page.locator("#trouble")).to_have_text(attack)
    assert seen.page.evaluate("document.images.length") == 0


def test_several_models_stand_side_by_side(visit: Callable[..., Any], street: str) -> None:
    seen = visit(street, viewport={"width": 1300, "height": 900})
    seen.page.locator("#text").fill("국회 사고 사고, 바보 동네")
    cards = seen.page.locator(".card")
    expect(cards.locator("h2")).to_have_text(["reviews", "topics", "harms"])
    places = [card.bounding_box() for card in cards.all()]
    assert len({place["y"] for place in places}) == 1
    assert len({place["x"] for place in places}) == 3
    expect(cards.nth(2).locator(".verdict")).to_have_text("욕설 지역")
    expect(cards.nth(2).locator(".given")).to_have_text(["✓ 욕설", "✓ 지역"])
    names = cards.nth(1).locator(".bars .name")
    expect(names.first).to_have_text("사회")  # eight labels: sorted, the rest folded away
    expect(names.nth(1)).to_have_text("정치")
    expect(cards.nth(1).locator(".bars li:visible")).to_have_count(6)
    expect(cards.nth(1).locator("summary").first).to_have_text("나머지 2개")
    seen.page.get_by_role("checkbox", name="reviews").uncheck()
    expect(cards).to_have_count(2)
    expect(seen.page.locator("#mirror mark").last).to_have_class("hue-2")  # of topics now


def test_a_model_with_other_labels_is_looked_at_again(visit: Callable[..., Any], home: str) -> None:
    seen = visit(home)
    labels = ["화남", "기쁨", "슬픔"]
    model = {"name": "reviews", "version": "new", "labels": labels, "multilabel": False}
    answer = {
        "text": "좋다",
        "label": "기쁨",
        "probabilities": dict(zip(labels, [0, 1, 0], strict=True)),
    }
    models = {"default": "reviews", "models": [model]}
    answers = {"model": "reviews", "version": "new", "predictions": [answer | {"trace": []}]}
    seen.page.route("**/v1/models", lambda route: route.fulfill(json=models))
    seen.page.route("**/v1/predict", lambda route: route.fulfill(json=answers))
    seen.page.locator("#text").fill("좋다")
    expect(seen.page.locator(".bars .name")).to_have_text(labels)
    expect(seen.page.locator(".verdict strong")).to_have_text("기쁨")


def test_no_label_at_all(visit: Callable[..., Any], street: str) -> None:
    seen = visit(street)
    seen.page.locator("#text").fill("아무것도")
    expect(seen.page.locator(".card").nth(2).locator(".verdict")).to_have_text("해당하는 라벨 없음")


def test_the_curve_says_the_same_as_its_table(visit: Callable[..., Any], street: str) -> None:
    seen = visit(street)
    seen.page.locator("#text").fill("재미 지루 지루")
    card = seen.page.locator(".card").first
    said = card.locator("svg.curve").get_attribute("aria-label")
    assert said == "어절마다 움직인 확률: positive: 88.1%에서 11.9%로"
    assert card.locator("circle").count() == 3
    card.get_by_text("표로 보기").click()
    rows = card.locator("details tbody tr").all()
    cells = [row.locator("td").all_text_contents() for row in rows if row.is_visible()]
    assert cells == [
        ["재미", "positive", "88.1%"],
        ["지루", "negative", "50.0%"],
        ["지루", "negative", "11.9%"],
    ]


def test_why_is_told_when_it_is_asked(visit: Callable[..., Any], home: str) -> None:
    seen = visit(home)
    seen.page.locator("#text").fill("정말 좋다 👍 그런데 지루하다")
    expect(seen.page.locator(".verdict strong")).to_have_text("positive")
    why = seen.page.get_by_role("button", name="왜?")
    expect(why).to_have_attribute("aria-expanded", "false")
    assert not any("explain" in each for each in seen.asked)
    why.click()
    table = seen.page.locator(".reasons")
    expect(table.locator("caption")).to_contain_text("‘positive’ 쪽으로(+)")
    rows = [row.locator("td").all_text_contents() for row in table.locator("tbody tr").all()]
    # A word of one's own is worth 2 of log-odds, whatever else is there.
    assert [(text, number) for text, _, number in rows] == [
        ("정말", "0.00"),
        ("좋다", "+2.00"),
        ("👍", "+2.00"),
        ("그런데", "0.00"),
        ("지루하다", "−2.00"),
    ]
    expect(table.locator(".push.away")).to_have_count(1)
    expect(seen.page.locator(".reasons + .quiet")).to_contain_text("빈 글의 값: 0.00 · 셈하는 법:")
    seen.page.locator("#text").fill("지루하다")  # as long as it is open, it is asked for
    expect(table.locator("tbody td").first).to_have_text("지루하다")
    expect(table.locator("caption")).to_contain_text("‘negative’ 쪽으로(+)")
    why.click()
    expect(table).to_be_hidden()
    asked = len(seen.asked)
    seen.page.locator("#text").fill("좋다 또 좋다")
    expect(seen.page.locator("#mirror mark")).to_have_count(3)
    assert [each.get("explain") for each in seen.asked[asked:]] == [None]


def test_an_answer_stays_where_the_reasons_are_refused(
    visit: Callable[..., Any], home: str, attack: str
) -> None:
    seen = visit(home)
    told = {"error": {"code": "too_much_work", "message": attack}}

    def refused(route: Any) -> None:
        if "explain" in route.request.post_data_json:
            route.fulfill(status=413, json=told)
        else:
            route.continue_()

    seen.page.route("**/v1/predict", refused)
    seen.page.locator("#text").fill("좋다")
    expect(seen.page.locator(".verdict strong")).to_have_text("positive")
    seen.page.get_by_role("button", name="왜?").click()
    expect(seen.page.get_by_text(attack)).to_be_visible()
    expect(seen.page.locator(".verdict strong")).to_have_text("positive")


def test_a_long_text_gets_its_last_answer_only(visit: Callable[..., Any], home: str) -> None:
    seen = visit(home)
    seen.page.locator("#text").fill("좋 " * 201)
    expect(seen.page.locator(".card > .quiet")).to_contain_text("어절이 200개를 넘어")
    assert seen.asked[-1]["trace"] is False
    expect(seen.page.locator("svg.curve")).to_have_count(0)
    expect(seen.page.locator("#legend")).to_be_hidden()
