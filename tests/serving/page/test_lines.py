"""Many lines in a browser: files and pasted text, and a table in which nothing is lost."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kosent.serving.limits import Limits

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect

FORMULAS = ["=1+2", "+좋다", "-나쁘다", "@SUM(1)", "\t좋다", "'=1"]

_DROP = """
([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name));
  for (const kind of ["dragover", "drop"]) {
    const event = new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true });
    if (document.body.dispatchEvent(event)) throw new Error("the browser would open the file");
  }
}
"""


def drop(page: Any, name: str, content: bytes) -> None:
    page.evaluate(_DROP, [name, base64.b64encode(content).decode()])


def downloaded(page: Any) -> tuple[str, list[dict[str, str]]]:
    """Return the name of the file and its rows, as a spreadsheet reads them."""
    with page.expect_download() as download:
        page.locator("#download").click()
    content = Path(download.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\r\n")
    table = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return download.value.suggested_filename, list(table)


def test_a_dropped_file_becomes_a_table(visit: Callable[..., Any], home: str, attack: str) -> None:
    texts = [*FORMULAS, attack, 'a,"b"', "", *(f"{n}번 좋다" for n in range(241))]
    seen = visit(home, accept_downloads=True)
    page = seen.page
    drop(page, "글.txt", ("\r\n".join(texts) + "\r\n").encode())
    expect(page.locator("#lines")).to_be_visible()
    expect(page.locator("#source")).to_have_text("글.txt: 250줄, UTF-8")
    expect(page.locator("#of-column")).to_be_hidden()
    page.get_by_role("button", name="시작").click()
    expect(page.locator("#account")).to_have_text("읽은 250줄 = 답한 250줄 + 거절된 0줄")
    assert [len(each["texts"]) for each in seen.asked] == [100, 100, 50]
    assert page.locator("progress").evaluate("(bar) => [bar.value, bar.max]") == [250, 250]
    counts = [row.split("\n") for row in page.locator(".counts tbody tr").all_inner_texts()]
    assert [row[0].split("\t")[0] for row in counts] == [
        "positive",
        "negative",
        "글에 읽을 것이 없습니다",
    ]
    expect(page.locator(".rows tbody tr")).to_have_count(200)
    expect(page.locator(".rows tbody tr").nth(6).locator("td").nth(1)).to_have_text(attack)
    assert page.evaluate("document.images.length") == 0
    name, rows = downloaded(page)
    assert name == "글-reviews.csv"
    assert [row["text"] for row in rows] == [*(f"'{cell}" for cell in FORMULAS), *texts[6:]]
    assert [row["row"] for row in rows] == [str(n + 1) for n in range(250)]
    assert rows[8] | {"row": ""} == {
        **dict.fromkeys(("row", "text", "label", "negative", "positive"), ""),
        "error": "empty text",
    }
    assert float(rows[-1]["positive"]) == pytest.approx(0.880797, abs=1e-5)
    assert rows[-1]["label"] == "positive"


def test_a_table_in_cp949_is_read_by_its_column(visit: Callable[..., Any], home: str) -> None:
    seen = visit(home, accept_downloads=True)
    page = seen.page
    content = 'id,document,label\r\n1,"좋다, ""정말""\n좋다",1\r\n2,똠방각하 나쁘다,0\r\n3\r\n'
    drop(page, "표.csv", content.encode("cp949"))
    expect(page.locator("#source")).to_have_text("표.csv: 3줄, CP949")
    expect(page.get_by_label("글이 있는 열")).to_have_value("1")
    expect(page.locator("#column option").nth(1)).to_have_text("2번째 열: document")
    page.get_by_label("첫 줄은 열 이름").uncheck()
    expect(page.locator("#source")).to_have_text("표.csv: 4줄, CP949")
    page.get_by_label("첫 줄은 열 이름").check()
    page.get_by_role("button", name="시작").click()
    expect(page.locator("#account")).to_be_visible()
    assert seen.asked[0]["texts"] == ['좋다, "정말"\n좋다', "똠방각하 나쁘다", ""]
    assert [row["label"] for row in downloaded(page)[1]] == ["positive", "negative", ""]


ODD = [
    ("그림.txt", b"\x89PNG\0\xff\xfe", "글 파일이 아닙니다"),
    ("글.txt", b"\xff\xff\x80 abc", "UTF-8도 CP949도 아니라서"),
    ("빈 글.txt", b"", "비어 있습니다"),
    ("표.csv", f'좋다,"열린\n{"가" * 300_000}'.encode(), "닫히지 않은 따옴표"),
]


def test_a_file_that_is_odd_is_told(visit: Callable[..., Any], home: str) -> None:
    page = visit(home).page
    for name, content, said in ODD:
        drop(page, name, content)
        expect(page.locator("#trouble")).to_contain_text(said)
        expect(page.locator("#start")).to_be_enabled(enabled=name == "표.csv")
    expect(page.locator("#source")).to_have_text("표.csv: 2줄, UTF-8")
    drop(page, "글.txt", "\ufeff좋다".encode("utf-16-le"))
    expect(page.locator("#source")).to_have_text("글.txt: 1줄, UTF-16")
    expect(page.locator("#first")).to_have_text("첫 글: 좋다")
    expect(page.locator("#trouble")).to_have_text("")


def test_a_bad_row_costs_no_other(visit: Callable[..., Any], serve: Callable[..., Any]) -> None:
    texts = [f"좋다 {n}" for n in range(40)]
    texts[17] = "가" * 31
    with serve("reviews", limits=Limits(texts=8, characters=30)) as address:
        seen = visit(address, accept_downloads=True)
        page = seen.page
        page.get_by_role("tab", name="여러 줄").click()
        page.locator("#file").set_input_files(
            {"name": "a.txt", "mimeType": "text/plain", "buffer": "\n".join(texts).encode()}
        )
        page.get_by_role("button", name="시작").click()
        expect(page.locator("#account")).to_have_text("읽은 40줄 = 답한 39줄 + 거절된 1줄")
        assert max(len(each["texts"]) for each in seen.asked[1:]) <= 50
        _, rows = downloaded(page)
        assert rows[17]["error"] == "1번째 글이 31자입니다. 30자까지입니다"
        assert [row["label"] for row in rows] == ["positive"] * 17 + [""] + ["positive"] * 22


def test_what_was_stopped_goes_on(visit: Callable[..., Any], home: str) -> None:
    seen = visit(home, accept_downloads=True)
    page = seen.page
    held: list[Any] = []

    def second(route: Any) -> None:
        if len(seen.asked) == 2:
            held.append(route)  # the server takes its time
        else:
            route.continue_()

    page.route("**/v1/predict", second)
    page.get_by_role("tab", name="여러 줄").click()
    page.get_by_label("아니면 여러 줄을 붙여 넣으세요").fill("좋다\n" * 150)
    page.get_by_role("button", name="시작").click()
    expect(page.locator("#done")).to_have_text("100 / 150줄")
    expect(page.get_by_role("button", name="멈추기")).to_be_focused()
    page.keyboard.press("Enter")
    held[0].abort()
    said = "읽은 150줄 = 답한 100줄 + 거절된 0줄 + 남은 50줄"
    expect(page.locator("#account")).to_have_text(said)
    expect(page.locator(".counts")).to_contain_text("보내지 않음")
    assert [row["error"] for row in downloaded(page)[1]] == [""] * 100 + ["not sent"] * 50
    page.get_by_role("button", name="이어서 하기").click()
    expect(page.locator("#account")).to_have_text("읽은 150줄 = 답한 150줄 + 거절된 0줄")
    assert [len(each["texts"]) for each in seen.asked] == [100, 50, 50]


def test_a_server_that_leaves_stops_it_and_loses_nothing(
    visit: Callable[..., Any], home: str
) -> None:
    seen = visit(home, clock=True)
    page = seen.page
    page.route("**/v1/predict", lambda route: route.abort() if gone else route.continue_())
    page.get_by_role("tab", name="여러 줄").click()
    page.locator("#pasted").fill("좋다\n나쁘다")
    gone = True
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="시작").click()
    for _ in range(2):
        with page.expect_event("requestfailed"):
            page.clock.run_for(5000)
    expect(page.locator("#trouble")).to_contain_text("‘이어서 하기’를 누르면 남은 줄부터")
    gone = False
    page.get_by_role("button", name="이어서 하기").click()
    expect(page.locator("#account")).to_have_text("읽은 2줄 = 답한 2줄 + 거절된 0줄")
    expect(page.locator("#trouble")).to_have_text("")


def test_a_model_that_is_replaced_on_the_way_is_no_mixture(
    visit: Callable[..., Any], home: str
) -> None:
    seen = visit(home)

    def replaced(route: Any) -> None:
        answer = route.fetch()
        document = answer.json()
        route.fulfill(response=answer, json=document | {"version": str(min(len(seen.asked), 2))})

    page = seen.page
    page.route("**/v1/predict", replaced)
    page.get_by_role("tab", name="여러 줄").click()
    page.locator("#pasted").fill("좋다\n" * 150)
    page.get_by_role("button", name="시작").click()
    expect(page.locator("#trouble")).to_contain_text("모델이 도중에 바뀌었습니다")
    page.get_by_role("button", name="시작").click()
    expect(page.locator("#account")).to_have_text("읽은 150줄 = 답한 150줄 + 거절된 0줄")


def test_several_labels_a_row(visit: Callable[..., Any], street: str) -> None:
    seen = visit(street, accept_downloads=True)
    page = seen.page
    page.get_by_role("tab", name="여러 줄").click()
    page.locator("#pasted").fill("바보 동네\n아무것도\n늙")
    page.get_by_label("모델", exact=True).select_option("harms")
    page.get_by_role("button", name="시작").click()
    cells = page.locator(".rows tbody tr td:nth-child(3)")
    expect(cells).to_have_text(["욕설, 지역", "해당하는 라벨 없음", "연령"])
    _, rows = downloaded(page)
    assert [row["labels"] for row in rows] == ["욕설;지역", "", "연령"]
