"""What is counted can be read by Prometheus."""

from __future__ import annotations

from typing import Any

from prometheus_client.parser import text_string_to_metric_families


def test_all_of_it_is_told(ask: Any) -> None:
    ask.predict({"texts": ["a", "b", "c"]})
    ask.predict({"text": "a", "model": "several"})
    answer = ask("GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = {each.name: each for each in text_string_to_metric_families(answer.text)}
    texts = {each.labels["model"]: each.value for each in families["kosent_texts"].samples}
    assert texts == {"pretrained": 3, "several": 1}
    batch = {each.name: each.value for each in families["kosent_batch_texts"].samples}
    assert (batch["kosent_batch_texts_sum"], batch["kosent_batch_texts_count"]) == (4, 2)
    seconds = families["kosent_request_seconds"].samples
    assert {each.labels["route"] for each in seconds} == {"/v1/predict"}
    versions = {each.labels["model"] for each in families["kosent_model_info"].samples}
    assert versions == {"pretrained", "several"}
    reloads = families["kosent_model_reloads"].samples
    assert {each.value for each in reloads} == {0.0}
    assert families["process_resident_memory_bytes"].samples[0].value > 1e6
