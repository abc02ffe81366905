"""What the page says when the server does not answer, or does not want to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kosent.serving.limits import Limits

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect


def test_a_server_that_is_gone_is_asked_again(visit: Callable[..., Any], home: str) -> None:
    seen = visit(home)
    trouble = seen.page.locator("#trouble")
    seen.page.route("**/v1/predict", lambda route: route.abort())
    seen.page.locator("#text").fill("좋다")
    expect(trouble).to_contain_text("서버에 닿지 않습니다")
    expect(seen.page.locator(".verdict")).to_have_text("답이 없습니다")
    seen.page.unroute("**/v1/predict")
    seen.page.locator("#text").fill("좋다!")
    expect(seen.page.locator(".verdict strong")).to_have_text("positive")
    expect(trouble).to_have_text("")


def test_a_page_that_found_no_models_looks_for_them_again(
    visit: Callable[..., Any], home: str
) -> None:
    seen = visit(home)
    seen.page.route("**/v1/models", lambda route: route.abort())
    seen.page.reload()
    expect(seen.page.locator("#trouble")).to_contain_text("서버에 닿지 않습니다")
    seen.page.unroute("**/v1/models")
    seen.page.locator("#text").fill("좋다")
    expect(seen.page.locator(".verdict strong")).to_have_text("positive")
    expect(seen.page.locator("#trouble")).to_have_text("")


def test_a_limit_is_explained_in_the_language_of_the_page(
    visit: Callable[..., Any], serve: Callable[..., Any]
) -> None:
    with serve("reviews", limits=Limits(characters=10)) as address:
        seen = visit(address)
        seen.page.locator("#text").fill("가" * 12)
        trouble = seen.page.locator("#trouble")
        expect(trouble).to_have_text("1번째 글이 12자입니다. 10자까지입니다")
        seen.page.get_by_role("button", name="English").click()
        seen.page.locator("#text").fill("가" * 13)
        expect(trouble).to_have_text("text number 1 has 13 characters; 10 at most")


def test_what_stands_before_the_server_may_refuse_too(visit: Callable[..., Any], home: str) -> None:
    seen = visit(home)
    refusals = {
        413: "글이 서버가 한 번에 받는 크기보다 큽니다.",
        422: "서버가 이 글을 받지 않았습니다.",
        429: "서버가 바쁩니다.",
        500: "서버에서 오류가 났습니다 (500).",
        200: "서버의 답을 알아들을 수 없습니다.",
    }
    page = "<html>no JSON</html>"
    seen.page.route("**/v1/predict", lambda route: route.fulfill(status=status, body=page))
    for status, said in refusals.items():
        seen.page.locator("#text").fill(f"좋다 {status}")
        expect(seen.page.locator("#trouble")).to_contain_text(said)


def test_a_token_is_asked_for_and_kept_nowhere(
    visit: Callable[..., Any], serve: Callable[..., Any]
) -> None:
    with serve("reviews", token=b"a-long-enough-token") as address:
        seen = visit(address, ready=False)
        trouble, field = seen.page.locator("#trouble"), seen.page.get_by_label("토큰")
        expect(trouble).to_contain_text("이 서버는 토큰을 요구합니다.")
        for wrong in ("another-token", "한글"):
            field.fill(wrong)
            field.press("Enter")
            expect(trouble).to_contain_text("서버가 이 토큰을 받지 않았습니다.")
            expect(field).to_have_value("")
        field.fill("a-long-enough-token")
        field.press("Enter")
        expect(field).to_be_hidden()
        seen.page.locator("#text").fill("좋다")
        expect(seen.page.locator(".verdict strong")).to_have_text("positive")
        kept = "[document.cookie, localStorage.length, sessionStorage.length, location.href]"
        assert seen.page.evaluate(kept) == ["", 0, 0, address]
        seen.page.reload()
        expect(trouble).to_contain_text("이 서버는 토큰을 요구합니다.")
