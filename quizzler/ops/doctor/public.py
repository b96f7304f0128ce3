"""The address that players open: does it lead here, through whatever proxy and with whatever certificate."""

import asyncio
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import psutil
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from quizzler.config import Settings
from quizzler.errors import StartupError
from quizzler.ops.doctor.finding import Finding, Level, reason
from quizzler.ops.doctor.server import SECONDS, Running, fetch_json
from quizzler.security import certificates

CONNECTION = "/realtime/connection"
# That is no text: the server says so over the socket, before it has looked for a room or charged anybody, and closes it
# (RFC 6455, 7.4.1).
SOCKET, NO_TEXT = "/realtime/ws/player/doctor?resume_token=%FF", 1003
# An address that nobody has (RFC 5737): whoever sends it in a header is not to be believed.
FORGED = "192.0.2.66"
FEW_DAYS = 14
PASS_SOCKETS = (
    "Let the proxy pass them on. nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
    "proxy_set_header Connection upgrade"
)


def public_address(settings: Settings, running: Running | None) -> Iterator[Finding]:
    if not settings.public_url:
        what = "PUBLIC_URL is not set, so no proxy and no certificate is checked"
        yield Finding(Level.UNKNOWN, "Public address", what)
        return
    if settings.public_url.startswith("https"):
        yield certificate(settings.public_url)
    if running is None:
        yield Finding(Level.UNKNOWN, "Public address", "No server is running here that PUBLIC_URL could lead to")
        return
    there = None
    try:
        there = fetch_json(settings.public_url + CONNECTION, **{"X-Forwarded-For": FORGED})
        here = fetch_json(running.address + CONNECTION)
    except Exception as error:
        whose = f"{settings.public_url} does not lead to a Quizzler" if there is None else "The server does not answer"
        what = f"{whose}: {reason(error)}"
        how = "Correct PUBLIC_URL, or let the proxy pass everything on to here"
        yield Finding(Level.BROKEN, "Public address", what, how)
        return
    if not isinstance(there, dict) or there.get("instance") != here["instance"]:
        what = f"{settings.public_url} leads to another server than this one"
        how = "Correct PUBLIC_URL, or where the proxy passes things on to"
        yield Finding(Level.BROKEN, "Public address", what, how)
        return
    yield Finding(Level.WELL, "Public address", f"{settings.public_url} leads here")
    yield sockets(settings.public_url)
    yield forwarded(there, is_direct=_is_direct(settings, running))


def sockets(url: str) -> Finding:
    """Whether a WebSocket comes through. It costs nobody at this address anything."""
    try:
        said, code = asyncio.run(_answer(url.replace("http", "ws", 1) + SOCKET))
    except Exception as error:
        return Finding(Level.BROKEN, "WebSockets", f"WebSockets do not come through: {reason(error)}", PASS_SOCKETS)
    if code == NO_TEXT:
        return Finding(Level.WELL, "WebSockets", "WebSockets come through")
    if said is None:
        return Finding(Level.BROKEN, "WebSockets", "A WebSocket is opened, and nothing comes through it", PASS_SOCKETS)
    what = f"A WebSocket is opened, and another answer comes through it than this server's: {said[:200]}"
    return Finding(Level.BROKEN, "WebSockets", what, "See which proxy or server answers in this one's place")


def forwarded(there: dict, *, is_direct: bool) -> Finding:
    """``there`` is how a request that came with a forged X-Forwarded-For has arrived."""
    address, header = there["address"], there["forwarded_for"]
    if address == FORGED:
        return Finding(
            Level.BROKEN,
            "Proxy headers",
            "Anybody can pass for any address: X-Forwarded-For is believed as the caller sends it",
            "Let the proxy append to the header or replace it, and TRUSTED_PROXIES name the proxy's address alone",
        )
    if is_direct:
        return Finding(Level.WELL, "Proxy headers", "There is no proxy, and the header of one is not believed")
    if header is None or header == FORGED:
        return Finding(
            Level.WEAK,
            "Proxy headers",
            f"The proxy does not say whom it passes on: everybody counts as {address}",
            "nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for (Caddy does it by itself)",
        )
    if header.split(",")[-1].strip() != address:
        return Finding(
            Level.WEAK,
            "Proxy headers",
            f"The proxy says whom it passes on, and is not believed: everybody counts as {address}",
            f"TRUSTED_PROXIES={address}",
        )
    return Finding(Level.WELL, "Proxy headers", "The proxy says whom it passes on, and it alone is believed")


def own_certificate(settings: Settings) -> Iterator[Finding]:
    """The one of TLS_CERTIFICATE and TLS_KEY."""
    try:
        if certificates.given(settings) is not None:
            yield Finding(Level.WELL, "https", f"The certificate in {settings.tls_certificate} and its key can be used")
    except StartupError as error:
        yield Finding(Level.BROKEN, "https", error.sentence, "Correct TLS_CERTIFICATE and TLS_KEY, or leave out both")


def certificate(url: str) -> Finding:
    """Whether browsers take it, and for how long yet."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    try:
        with socket.create_connection((host, port), timeout=SECONDS) as plain:
            with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secured:
                ends = ssl.cert_time_to_seconds(secured.getpeercert()["notAfter"])
    except ssl.SSLCertVerificationError as error:
        what = f"Browsers refuse the certificate of {host}: {error.verify_message.rstrip('.')}"
        how = "Get one that is signed for this name: Caddy and certbot do it by themselves"
        return Finding(Level.BROKEN, "Certificate", what, how)
    except OSError as error:
        what = f"No certificate is shown at {host}:{port}: {reason(error)}"
        return Finding(Level.BROKEN, "Certificate", what, "Let the proxy listen there with TLS, or correct PUBLIC_URL")
    days = int((ends - time.time()) / 86_400)
    if days < FEW_DAYS:
        what = f"The certificate of {host} ends in {days} days"
        return Finding(Level.WEAK, "Certificate", what, "Renew it, and see why that does not happen by itself")
    return Finding(Level.WELL, "Certificate", f"The certificate of {host} is good for {days} days")


async def _answer(address: str) -> tuple[str | None, int | None]:
    """What is said, and the code of the close that follows: the reason that it gives, or else the first message."""
    request = HTTPRequest(address, connect_timeout=SECONDS, request_timeout=SECONDS, validate_cert=False)
    connection = await asyncio.wait_for(websocket_connect(request), SECONDS)
    try:
        said = await asyncio.wait_for(connection.read_message(), SECONDS)
        if said is not None:
            await asyncio.wait_for(connection.read_message(), SECONDS)
        return connection.close_reason or (None if said is None else str(said)), connection.close_code
    finally:
        connection.close()


def _is_direct(settings: Settings, running: Running) -> bool:
    """Whether the address is this server's own port on this machine."""
    parts = urlsplit(settings.public_url)
    speaks = urlsplit(running.address).scheme
    if parts.scheme != speaks or (parts.port or (443 if speaks == "https" else 80)) != settings.port:
        return False
    ours = {address.address for each in psutil.net_if_addrs().values() for address in each}
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(parts.hostname, None)}
    except OSError:
        return False
    return all(address in ours or ipaddress.ip_address(address).is_loopback for address in found)
