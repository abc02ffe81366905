"""What is counted, for Prometheus."""

from __future__ import annotations

import time
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from kosent.serving.models import Served

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_TEXTS = (1, 2, 4, 8, 16, 32, 64, 128)

CONTENT_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """Counts requests, texts, calls of models and their replacements, of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        registry = self._registry
        self._requests = Counter(
            "kosent_requests",
            "Requests answered, by route and status.",
            ["route", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "kosent_request_seconds",
            "Time to the answer.",
            ["route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._running = Gauge(
            "kosent_requests_running", "Requests being answered.", registry=registry
        )
        self._texts = Counter(
            "kosent_texts", "Texts predicted, by model.", ["model"], registry=registry
        )
        self._batch = Histogram(
            "kosent_batch_texts", "Texts of a call of a model.", buckets=_TEXTS, registry=registry
        )
        self._reloads = Counter(
            "kosent_model_reloads",
            "Replacements of a model seen on disk: loaded, refused.",
            ["model", "result"],
            registry=registry,
        )
        self._loaded = Gauge(
            "kosent_model_loaded_timestamp_seconds",
            "When a model was loaded.",
            ["model"],
            registry=registry,
        )
        self._version = Gauge(
            "kosent_model_info",
            "The version that is served: 1.",
            ["model", "version"],
            registry=registry,
        )
        self._versions: dict[str, str] = {}
        # labels() takes a lock and 2 µs; routes and statuses are few.
        self._request = lru_cache(256)(self._requests.labels)
        self._time = lru_cache(64)(self._seconds.labels)

    def begin(self) -> float:
        """Note that a request has begun; return the time for :meth:`end`."""
        self._running.inc()
        return time.perf_counter()

    def end(self, route: str, status: int, began: float) -> float:
        """Note that a request was answered; return the seconds that it took."""
        seconds = time.perf_counter() - began
        self._running.dec()
        self._request(route, status).inc()
        self._time(route).observe(seconds)
        return seconds

    def texts(self, model: str, number: int) -> None:
        """Note texts that were predicted."""
        self._texts.labels(model).inc(number)

    def batch(self, texts: int) -> None:
        """Note a call of a model."""
        self._batch.observe(texts)

    def serves(self, served: Served) -> None:
        """Note what is served under a name from now on."""
        before = self._versions.get(served.name)
        if before is not None:
            self._version.remove(served.name, before)
        self._versions[served.name] = served.version
        self._version.labels(served.name, served.version).set(1)
        self._loaded.labels(served.name).set(served.loaded_at.timestamp())
        for result in ("loaded", "refused"):
            self._reloads.labels(served.name, result)  # shown from the start, as 0

    def reloaded(self, model: str, result: str) -> None:
        """Note that a replacement was loaded or refused."""
        self._reloads.labels(model, result).inc()

    def page(self) -> bytes:
        """Return all of it in the text format of Prometheus."""
        return generate_latest(self._registry)
