"""The server itself: is it running, or could it."""

import errno
from typing import Any

import msgspec
import psutil
from msgspec import Struct
from tornado.httpclient import HTTPClient, HTTPRequest
from tornado.netutil import bind_sockets

from quizzler.config import Settings
from quizzler.ops.doctor.finding import Finding, Level, reason

SECONDS = 10.0
HEALTH = "/realtime/health"


class Running(Struct, frozen=True):
    """``address`` is where it answers on this machine; ``limit`` its limit of open files, None where this user may not
    know."""

    address: str
    limit: int | None


def port(settings: Settings) -> tuple[Finding, Running | None]:
    """Who has the port; and the server, where it is ours."""
    where = f"Port {settings.port} of {settings.host}"
    for speaks in ("http", "https"):  # asked in http, a server that speaks TLS hangs up at once
        address = local_address(settings, speaks)
        report = _health(address)
        if report is not None:
            return _ours(where, settings, speaks, report), Running(address, _limit_of_files(settings.port))
    try:
        for each in bind_sockets(settings.port, settings.host):
            each.close()
    except OSError as error:
        return _not_free(where, settings, error), None
    return Finding(Level.WELL, "Port", f"{where} is free: no server is running"), None


def local_address(settings: Settings, speaks: str) -> str:
    host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    return f"{speaks}://{f'[{host}]' if ':' in host else host}:{settings.port}"


def scheme(settings: Settings) -> str:
    """What the server itself is to speak."""
    return "https" if settings.tls_certificate else "http"


def fetch_json(address: str, **headers: str) -> Any:
    """Whatever its status is, and whoever has signed its certificate. Raises ``OSError``, tornado's ``HTTPError`` or
    msgspec's ``DecodeError``."""
    client = HTTPClient()
    try:
        request = HTTPRequest(
            address, headers=headers, request_timeout=SECONDS, connect_timeout=SECONDS,
            follow_redirects=False, validate_cert=False,
        )  # fmt: skip
        return msgspec.json.decode(client.fetch(request, raise_error=False).body or b"")
    finally:
        client.close()


def _health(address: str) -> dict | None:
    try:
        report = fetch_json(address + HEALTH)
    except Exception:  # whatever else is there need not speak HTTP
        return None
    return report if isinstance(report, dict) and "active_rooms" in report else None


def _ours(where: str, settings: Settings, speaks: str, report: dict) -> Finding:
    if not report.get("healthy"):
        reasons = "; ".join(map(str, report.get("reasons") or ["no reason given"]))
        return Finding(Level.BROKEN, "Port", f"{where} is this server's: {reasons}", "See what follows")
    if speaks != scheme(settings):
        what = f"{where} is this server's, and it speaks {speaks}: it was started with other settings than these"
        how = f"Start it again, or correct TLS_CERTIFICATE: with what is set now it would speak {scheme(settings)}"
        return Finding(Level.BROKEN, "Port", what, how)
    return Finding(Level.WELL, "Port", f"{where} is this server's, and it says that it is well")


def _not_free(where: str, settings: Settings, error: OSError) -> Finding:
    if error.errno == errno.EADDRINUSE:
        name = _holder(settings.port)
        by = f" ({name})" if name else ""
        return Finding(
            Level.BROKEN, "Port", f"{where} is taken by another program{by}", "End it, or choose another one by PORT"
        )
    if error.errno == errno.EACCES:
        how = "Choose one from 1024 on, or let systemd open it: quizzler systemd --port"
        return Finding(Level.BROKEN, "Port", f"{where} needs more rights", how)
    how = "Give HOST an address of this machine, or 0.0.0.0 for all"
    return Finding(Level.BROKEN, "Port", f"{where} cannot be used: {reason(error)}", how)


def _listeners(number: int) -> list[psutil.Process]:
    try:
        pids = {
            each.pid
            for each in psutil.net_connections("tcp")
            if each.status == psutil.CONN_LISTEN and each.laddr.port == number and each.pid
        }
        return [psutil.Process(pid) for pid in pids]
    except psutil.Error:
        return []


def _holder(number: int) -> str:
    return ", ".join(sorted(f"{process.name()}, process {process.pid}" for process in _listeners(number)))


def _limit_of_files(number: int) -> int | None:
    """Of the server, not of systemd, which may hold the same socket."""
    for process in _listeners(number):
        try:
            if any("quizzler" in word for word in process.cmdline()):
                return process.rlimit(psutil.RLIMIT_NOFILE)[0]
        except psutil.Error:
            continue
    return None
