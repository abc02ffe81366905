"""Models that are replaced on disk while they are served.

Once a second it is looked whether there is another file, or folder. That one is read in a thread
once it has stayed the same for a second, and takes the old one's place in one step: who has begun
with the old one ends with it. One that cannot be used is refused, once, and the old one goes on.
"""

from __future__ import annotations

import asyncio
import logging

from kosent.errors import KosentError
from kosent.language import said
from kosent.serving.models import Served, identity_of, read_served
from kosent.serving.service import Service

SECONDS = 1.0

_log = logging.getLogger(__name__)


class Watch:
    """Looks after one model.

    Args:
        service: What serves it.
        served: The model as it was read.
    """

    def __init__(self, service: Service, served: Served) -> None:
        self._service = service
        self._name = served.name
        self._path = served.path
        self._known = self._seen = served.identity

    async def look(self) -> None:
        """Look once, and take what is new and has settled."""
        now = await asyncio.to_thread(identity_of, self._path)
        settled, self._seen = now == self._seen, now
        if now is None or now == self._known or not settled:
            return
        self._known = now
        try:
            served = await asyncio.to_thread(read_served, self._name, self._path)
        except Exception as error:
            if not isinstance(error, KosentError | OSError):  # a bug, which must not end the watch
                _log.exception("model %s", self._name)
            self._refuse(error)
            return
        self._take(served)

    def _take(self, served: Served) -> None:
        service, before = self._service, self._service.models.find(self._name)
        if served.version == before.version:
            return  # written anew, and the same
        service.models.replace(served)
        service.metrics.serves(served)
        service.metrics.reloaded(self._name, "loaded")
        replaced = f"{self._name} {before.version} -> {served.version}"
        service.say(f"kosent serve: {said('모델 교체', 'model replaced')}: {replaced}")

    def _refuse(self, error: Exception) -> None:
        self._service.metrics.reloaded(self._name, "refused")
        goes_on = said("쓰던 모델을 계속 씁니다", "the model before goes on")
        self._service.say(f"kosent serve: {self._name}: {error}; {goes_on}")


async def watch(service: Service, seconds: float = SECONDS) -> None:
    """Look after all models until it is cancelled."""
    watches = [Watch(service, each) for each in service.models]
    while True:
        await asyncio.sleep(seconds)
        for each in watches:
            await each.look()
