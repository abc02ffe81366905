"""Models on a hub: what is put there comes back the same, and what it refuses is said in a line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kosent
from kosent import TextClassifier
from kosent.bundles import hub as hub_access
from kosent.errors import BundleError, DownloadError, RuntimeSetupError, UsageError
from kosent.models.pretrained import pretrained_path
from kosent.models.sharing import push
from kosent.support.progress import Noting, Silent

TEXTS = ["정말 재미있다", "돈이 아까웠다"]


def test_what_is_pushed_is_what_is_loaded(hub: Any) -> None:
    done = push(pretrained_path(), "me/reviews", message="처음")
    assert done.reference == "hf:me/reviews"
    assert done.url.startswith(f"{hub.address}/me/reviews/commit/")
    assert hub.private == {"me/reviews": True}
    assert hub.messages == ["처음"]
    again = kosent.load("hf:me/reviews")
    expected = kosent.load_pretrained().predict_proba(TEXTS)
    np.testing.assert_array_equal(again.predict_proba(TEXTS), expected)
    np.testing.assert_array_equal(
        TextClassifier.load("hf:me/reviews").predict_proba(TEXTS), expected
    )


def test_a_revision_stays_what_it_was(
    hub: Any, reviews: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    first = TextClassifier("ngrams", tokenizer="character").fit(*reviews)
    second = TextClassifier("ngrams", tokenizer="jamo").fit(*reviews)
    urls = [
        push(model.save(tmp_path / name), "me/mine", private=False).url
        for name, model in (("first", first), ("second.kosent", second))
    ]
    assert hub.private == {"me/mine": False}
    old = kosent.load(f"hf:me/mine@{urls[0].rpartition('/')[2]}")
    np.testing.assert_array_equal(old.predict_proba(TEXTS), first.predict_proba(TEXTS))
    new = kosent.load("hf:me/mine")
    np.testing.assert_array_equal(new.predict_proba(TEXTS), second.predict_proba(TEXTS))


def test_the_readme_is_one_that_hubs_read(
    hub: Any, reviews: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    import huggingface_hub

    clf = TextClassifier("ngrams", tokenizer="character").fit(*reviews)
    clf.info_ = clf.info_ | {"corpus": {"name": "/home/someone/비밀/mine: [1].csv"}}
    push(clf.save(tmp_path / "model"), "me/mine", licence="cc-by-4.0")
    readme = hub.files["me/mine"]["main"]["README.md"].decode()
    data = huggingface_hub.ModelCard(readme).data
    assert (data.language, data.license, data.library_name) == (["ko"], "cc-by-4.0", "kosent")
    assert data.pipeline_tag == "text-classification"
    (result, *_) = data.eval_results
    assert (result.dataset_name, result.dataset_split) == ("mine: [1].csv", "validation")
    assert result.metric_value == round(clf.info_["validation"]["accuracy"], 4)
    assert 'kosent.load("hf:me/mine")' in readme
    header = readme.split("---")[1]
    assert "someone" not in header


def test_what_a_licence_forbids_is_said(
    hub: Any, reviews: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    clf = TextClassifier("ngrams", tokenizer="character").fit(*reviews)
    clf.info_ = clf.info_ | {"corpus": {"name": "unsmile"}}
    listener = Noting(Silent())
    push(clf.save(tmp_path / "model"), "me/mine", listener=listener)
    assert any("do not pass on" in each.english for each in listener.notices)


@pytest.mark.parametrize("name", ["", "one", "a/b/c", "a b/c", "../x", "hf:me/x", "me/", "한/글"])
def test_wrong_names(name: str, hub: Any) -> None:
    with pytest.raises(UsageError, match="owner/name"):
        push(pretrained_path(), name)
    with pytest.raises(UsageError, match="owner/name"):
        kosent.load(f"hf:{name}@main")
    assert not hub.files


class TestRefusals:
    @pytest.mark.usefixtures("hub")
    def test_nothing_of_that_name(self) -> None:
        with pytest.raises(BundleError, match="the hub has no model 'me/none'"):
            kosent.load("hf:me/none")

    @pytest.mark.usefixtures("hub")
    def test_no_such_revision(self) -> None:
        push(pretrained_path(), "me/reviews")
        with pytest.raises(BundleError, match="of that revision"):
            kosent.load("hf:me/reviews@v9")

    def test_a_repository_of_something_else(self, hub: Any) -> None:
        hub.private["me/bert"] = False
        hub.files["me/bert"] = {"main": {"x": b""}, "a" * 40: {"x": b""}}
        with pytest.raises(BundleError, match=r"has no model\.kosent"):
            kosent.load("hf:me/bert")

    def test_a_damaged_model(self, hub: Any) -> None:
        push(pretrained_path(), "me/reviews")
        files = hub.files["me/reviews"]["main"]
        data = bytearray(files["model.kosent"])
        data[len(data) // 2] ^= 255
        files["model.kosent"] = bytes(data)
        with pytest.raises(BundleError, match="damaged"):
            kosent.load("hf:me/reviews")

    def test_a_wrong_token(self, hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HF_TOKEN", "hf_" + "b" * 34)
        with pytest.raises(UsageError, match="HF_TOKEN"):
            push(pretrained_path(), "me/reviews")
        assert not hub.files

    def test_a_hub_that_is_down(self, hub: Any) -> None:
        hub.fails = 500
        with pytest.raises(DownloadError, match="cannot be reached"):
            push(pretrained_path(), "me/reviews")

    def test_a_hub_that_is_nowhere(self, hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("time.sleep", lambda _: None)  # between the package's five tries
        hub.move("http://127.0.0.1:9")
        with pytest.raises(DownloadError, match="cannot be reached"):
            kosent.load("hf:me/reviews")
        with pytest.raises(DownloadError, match="cannot be reached"):
            push(pretrained_path(), "me/reviews")

    def test_no_model_is_no_push(self, hub: Any, tmp_path: Path) -> None:
        with pytest.raises(BundleError):
            push(tmp_path / "none", "me/reviews")
        assert not hub.files

    def test_the_package_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
        with pytest.raises(RuntimeSetupError, match=r"kosent\[hub\]"):
            hub_access.fetch("me/reviews")


@pytest.mark.slow
def test_by_the_command_line(hub: Any, tmp_path: Path) -> None:
    environment = os.environ | {
        "HF_ENDPOINT": hub.address,
        "HF_HOME": str(tmp_path / "home"),
        "KOSENT_LANG": "en",
    }

    def run(*words: str) -> str:
        line = [sys.executable, "-m", "kosent", *words]
        done = subprocess.run(line, capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    said = json.loads(run("push", "me/reviews", "--bundle", str(pretrained_path()), "--json"))
    assert said["reference"] == "hf:me/reviews"
    answers = run("predict", *TEXTS, "--bundle", "hf:me/reviews", "--json")
    assert [each["label"] for each in json.loads(answers)] == ["positive", "negative"]
