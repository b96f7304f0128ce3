"""Whether the database is there, also while nobody plays."""

import asyncio
import logging

from quizzler.errors import Unavailable
from quizzler.store.pool import Database
from quizzler.store.tasks import end

log = logging.getLogger(__name__)

PROBE_SECONDS = 2.0
# After a failure: the connection that was tried may be a dead one of before, and the next one tells.
RETRY_SECONDS = 0.25
PATIENCE = 3.0
# So many failures in a row.
CERTAIN = 2


class DatabaseProbe:
    """Asks the database for a sign of life now and then, on a connection of the pool that all requests share."""

    def __init__(self, database: Database):
        self._database = database
        self._failures = 0
        self._asked_at: float | None = None
        self._asking: asyncio.Task | None = None
        self._noticed = False

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._asking = asyncio.create_task(self._ask(), name="database probe")

    async def stop(self) -> None:
        if self._asking is not None:
            await end(self._asking)

    @property
    def away(self) -> bool:
        """It refused twice in a row, or has not answered for ``PATIENCE`` seconds."""
        return self._is_late or self._failures >= CERTAIN

    @property
    def _is_late(self) -> bool:
        return self._asked_at is not None and self._loop.time() - self._asked_at > PATIENCE

    async def _ask(self) -> None:
        while True:
            self._asked_at = self._loop.time()
            patience = self._loop.call_later(PATIENCE + 0.01, self._tell)
            try:
                await self._database.ping()
                self._failures = 0
            except Exception as error:
                # One that hung is away until it answers; not well again because the next question is young.
                self._failures = CERTAIN if self._is_late else self._failures + 1
                if not isinstance(error, Unavailable):
                    log.exception("The database could not be asked for a sign of life")
            finally:
                patience.cancel()
                self._tell()  # of an answer that came just too late
                self._asked_at = None
            self._tell()
            await asyncio.sleep(RETRY_SECONDS if self._failures else PROBE_SECONDS)

    def _tell(self) -> None:
        if self.away != self._noticed:
            self._noticed = self.away
            log.log(*((logging.ERROR, "Database away") if self._noticed else (logging.WARNING, "Database back")))
