from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kosent.corpora.readers.formats import read_table
from kosent.corpora.readers.opening import opened
from kosent.corpora.readers.records import Record
from kosent.errors import DataError


def read(path: Path) -> tuple[tuple[str, ...], list[Record]]:
    with opened(path) as source:
        table = read_table(source, (), lambda _: None)
        return table.columns, list(table.records(range(len(table.columns))))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    folder = tmp_path_factory.mktemp("structured")

    def write(name: str, text: str) -> Path:
        path = folder / name
        path.write_bytes(text.encode())
        return path

    return write


Written = Callable[[str, str], Path]


def test_columns_are_the_keys_of_all_rows(written: Written) -> None:
    columns, rows = read(written("a.jsonl", '{"a": 1}\n{"b": null, "a": "가"}\n'))
    assert columns == ("a", "b")
    assert rows == [(1, [1, None], ""), (2, ["가", None], "")]


@pytest.mark.parametrize(
    "bad",
    ['{"a": 1', "[1]", '"글"', "1", "null", "{a: 1}", "[" * 100_000, '{"a": 1} {}', "9" * 5000],
)
def test_a_broken_line_has_its_number(bad: str, written: Written) -> None:
    _, rows = read(written("b.jsonl", f'{{"a": 1}}\n{bad}\n\n{{"a": "줄\u2028안"}}\n'))
    assert [(line, fault) for line, _, fault in rows] == [
        (1, ""), (2, "broken row"), (3, "blank line"), (4, ""),
    ]  # fmt: skip
    assert rows[3][1] == ["줄\u2028안"]


def test_bare_strings_are_texts(written: Written) -> None:
    for name, text in (("c.jsonl", '"하나"\n"둘"\n'), ("c.json", '["하나",\n"둘"]')):
        assert read(written(name, text)) == (("text",), [(1, ["하나"], ""), (2, ["둘"], "")])
    _, rows = read(written("d.jsonl", '{"text": "하나", "label": 1}\n"둘"\n'))
    assert rows[1] == (2, ["둘", None], "")


@pytest.mark.parametrize("text", ["", "\n\n", "그냥 글\n{\n", "[1]\n[2]\n"])
def test_a_file_of_broken_lines_only_is_refused(text: str, written: Written) -> None:
    with pytest.raises(DataError, match="is a JSON object"):
        read(written("e.jsonl", text))


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n")), max_size=6))
def test_every_line_of_any_text_is_accounted_for(written: Written, lines: list[str]) -> None:
    _, rows = read(written("f.jsonl", "\n".join(['{"a": 1}', *lines, "{}"])))
    assert [line for line, _, _ in rows] == list(range(1, len(lines) + 3))


class TestArray:
    def test_elements_have_their_lines(self, written: Written) -> None:
        text = '\n[\n  {"a": 1,\n   "b": "x\\ny"}\n, {"b": "]"},\n\n 3, [], {"a": {"c": [1]}}\n]\n'
        columns, rows = read(written("a.json", text))
        assert columns == ("a", "b")
        assert rows == [
            (3, [1, "x\ny"], ""), (5, [None, "]"], ""), (7, (), "broken row"),
            (7, (), "broken row"), (7, [{"c": [1]}, None], ""),
        ]  # fmt: skip

    @pytest.mark.parametrize("cut", [-1, -3, 40, 1])
    def test_a_broken_one_is_refused_with_its_line(self, cut: int, written: Written) -> None:
        whole = json.dumps([{"text": f"글 {n}"} for n in range(9)], indent=1)
        with pytest.raises(DataError, match=r"JSON array of 'b\.json' is broken after line \d+"):
            read(written("b.json", whole[:cut]))

    def test_one_of_many_blocks_is_read_in_pieces(
        self, written: Written, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("kosent.corpora.readers.opening.BLOCK", 50)
        objects = [{"text": "가" * (n % 90), "label": 12345} for n in range(300)] + [9876]
        _, rows = read(written("c.json", json.dumps(objects, ensure_ascii=False)))
        assert [cells for _, cells, fault in rows if not fault] == [
            [each["text"], each["label"]] for each in objects[:-1]
        ]

    @pytest.mark.parametrize("text", ['{"data": [{"text": "a"}]}', '{\n"text": "a"\n}'])
    def test_a_single_object_says_what_to_do(self, text: str, written: Written) -> None:
        if "\n" in text:
            with pytest.raises(DataError, match="single object; save it as an array"):
                read(written("d.json", text))
        else:
            columns, _ = read(written("d.json", text))  # JSON lines, of one line
            assert columns == ("data",)

    def test_nothing_usable(self, written: Written) -> None:
        for text in ("[]", "[1, 2]", ""):
            with pytest.raises(DataError, match="is a JSON object"):
                read(written("e.json", text))
