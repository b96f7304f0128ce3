"""For whoever looks after the server, and for their programs: metrics, and whether it lives and is ready."""

from ipaddress import IPv4Address, IPv6Address

from msgspec import Struct
from tornado.httputil import HTTPServerRequest

from quizzler.errors import Forbidden
from quizzler.security.addresses import address_in
from quizzler.web.api import operation
from quizzler.web.base import FREE, ApiHandler

# A proxy says with one of these for whom it asks (RFC 7239 and what was there before).
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")


class Life(Struct):
    alive: bool


class Readiness(Struct):
    """``reasons`` says in sentences why not."""

    ready: bool
    reasons: list[str]


class Metrics(ApiHandler):
    budget = FREE

    @operation(
        "Everything that is counted, for Prometheus; as OpenMetrics where the Accept header asks for it",
        answer=str,
        media="text/plain",
        errors=(Forbidden,),
        description="Only from the networks of the setting METRICS_ALLOW.",
    )
    async def get(self) -> None:
        address = address_of(self.request)
        if address is None or not any(address in network for network in self.services.settings.metrics_allow):
            raise Forbidden("Metrics are not for your address: METRICS_ALLOW says for which they are")
        text, media = await self.services.metrics.exposition(self.request.headers.get("Accept", ""))
        self.set_header("Content-Type", media)
        self.finish(text)

    head = get

    def _allow_origin(self) -> None:
        """No page of another site reads them through the browser of somebody who may."""


class Livez(ApiHandler):
    budget = FREE

    @operation("That the server lives: it answers at all", answer=Life)
    async def get(self) -> None:
        self.reply(Life(alive=True))

    head = get


class Readyz(ApiHandler):
    budget = FREE

    @operation(
        "Whether people can be sent here; 503 where not: without its database, or on its way down",
        answer=Readiness,
        statuses=(200, 503),
    )
    async def get(self) -> None:
        reasons = self.services.health.reasons_to_wait()
        self.reply(Readiness(not reasons, reasons), status=503 if reasons else 200)

    head = get


def address_of(request: HTTPServerRequest) -> IPv4Address | IPv6Address | None:
    """Who asks; None where a proxy asks for somebody, and is not one that is trusted to say for whom: its own address,
    often this machine's, means nothing then."""
    peer = request.connection.context.address
    client = address_in(request.remote_ip)
    is_forwarded = any(name in request.headers for name in FORWARDED)
    return None if is_forwarded and client == address_in(peer[0] if peer else "") else client


routes = [
    (r"/metrics/?", Metrics),
    (r"/livez/?", Livez),
    (r"/readyz/?", Readyz),
]
