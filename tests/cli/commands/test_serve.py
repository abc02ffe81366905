"""``kosent serve``: what its options become, and what is refused before anything is served."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kosent.serving.limits import Limits
from kosent.serving.service import Service

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


@pytest.fixture
def served(
    kosent: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[Service, str]]:
    """Call ``kosent serve`` without serving; return the service, and what was said."""
    found: list[Service] = []

    def serve(service: Service, listening: socket.socket, announce: Callable[[], None]) -> None:
        announce()
        service.close()
        found.append(service)

    monkeypatch.setattr("kosent.serving.server.serve", serve)
    monkeypatch.delenv("KOSENT_TOKEN", raising=False)

    def call(*arguments: str) -> tuple[Service, str]:
        outcome = kosent("serve", "--port", "0", *arguments)
        assert outcome.code == 0, outcome.err
        assert outcome.out == ""
        return found[-1], outcome.err

    return call


def test_the_packaged_model_is_served_on_this_machine_only(
    served: Callable[..., tuple[Service, str]],
) -> None:
    service, said = served()
    assert [each.name for each in service.models] == ["pretrained"]
    assert service.limits == Limits()
    assert service.access.token is None
    assert service.access.origins == ()
    assert set(service.access.hosts or ()) == {"localhost", "127.0.0.1", "::1"}
    assert said.startswith("kosent serve: http://127.0.0.1:")
    assert said.count("\n") == 1


def test_models_limits_names_and_pages_are_as_given(
    served: Callable[..., tuple[Service, str]], tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("correct-horse\n")
    service, said = served(
        *("--model", f"b={GOLDEN / 'format-2-gru'}"),
        *("--model", f"a={GOLDEN / 'format-3-gru.kosent'}"),
        *("--max-body", "2048", "--max-texts", "3", "--max-characters", "50"),
        *("--concurrency", "7", "--timeout", "1.5", "--token-file", str(tmp_path / "token")),
        *("--cors-origin", "https://there.example", "--allow-host", "models.example"),
    )
    assert [each.name for each in service.models] == ["b", "a"]
    assert service.models.default == "b"
    assert service.limits == Limits(2048, 3, 50, 7, 1.5)
    assert service.access.token == b"correct-horse"
    assert service.access.origins == ("https://there.example",)
    assert "models.example" in (service.access.hosts or ())
    assert "correct-horse" not in said


def test_the_environment_may_hold_the_token(
    served: Callable[..., tuple[Service, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KOSENT_TOKEN", "from-outside")
    assert served()[0].access.token == b"from-outside"
    (tmp_path / "token").write_text("of-the-file")
    assert served("--token-file", str(tmp_path / "token"))[0].access.token == b"of-the-file"


def test_other_addresses_are_open_to_any_name_and_say_so_without_a_token(
    served: Callable[..., tuple[Service, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    service, said = served("--host", "127.0.0.2")
    assert "127.0.0.2" in (service.access.hosts or ())
    assert "--token-file" not in said
    service, said = served("--host", "0.0.0.0")  # noqa: S104 - bound, and closed at once
    assert service.access.hosts is None
    assert "--token-file" in said
    monkeypatch.setenv("KOSENT_TOKEN", "correct-horse")
    service, said = served("--host", "0.0.0.0", "--allow-host", "a.example")  # noqa: S104
    assert set(service.access.hosts or ()) == {"localhost", "127.0.0.1", "::1", "a.example"}
    assert "--token-file" not in said


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--model", "mine.kosent"), "NAME=PATH"),
        (("--model", "=mine.kosent"), "NAME=PATH"),
        (("--model", "a=b", "--model", "a=c"), "NAME=PATH"),
        (("--max-texts", "0"), "texts"),
        (("--timeout", "nan"), "timeout"),
        (("--port", "70000"), "port"),
        (("--token-file", "nowhere"), "nowhere"),
        (("--cors-origin", "https://there.example/"), "there.example"),
        (("--cors-origin", "*"), "origin"),
    ],
)
def test_wrong_options_are_refused(
    refused: Callable[..., str], arguments: tuple[str, ...], word: str
) -> None:
    assert word in refused(2, "serve", "--port", "0", *arguments)


@pytest.mark.parametrize("token", ["", "short", "비밀번호비밀번호", "with\nlines-in-it"])
def test_a_token_that_is_none_is_refused(
    refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("KOSENT_TOKEN", token)
    assert token == "" or token not in refused(2, "serve", "--port", "0")


def test_what_is_no_model_is_refused(refused: Callable[..., str], tmp_path: Path) -> None:
    torn = tmp_path / "torn.kosent"
    torn.write_bytes((GOLDEN / "format-3-gru.kosent").read_bytes()[:9000])
    assert "torn.kosent" in refused(4, "serve", "--port", "0", "--model", f"a={torn}")


def test_a_port_that_is_taken_is_refused(refused: Callable[..., str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = refused(5, "serve", "--port", str(taken.getsockname()[1]))
    assert "--port" in said


def test_missing_packages_are_named(
    refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kosent_cli.commands.serve.PACKAGES", ("starlette", "no_such_package"))
    assert "pip install 'kosent[serve]'" in refused(5, "serve")
