"""https by the server itself, with real certificates, clients and handshakes."""

import asyncio
import contextlib
import datetime as dt
import logging
import ssl

import pytest
from tornado.httpclient import AsyncHTTPClient

from quizzler.ops.addresses import lan_address
from quizzler.web import server
from tests.certificates import Authority
from tests.clients import Hall, Rest, play_a_short_game
from tests.processes import ServerProcess, run_quizzler
from tests.web.raw import Line


@pytest.fixture
def authority(tmp_path) -> Authority:
    made = Authority(tmp_path)
    made.serving = made.issue()
    return made


@pytest.fixture
async def hall(hall_with, authority) -> Hall:
    return await hall_with(tls_certificate=authority.certificate, tls_key=authority.key, trust=authority.trusting)


async def certificate_of(hall: Hall) -> bytes:
    line = await Line.open(hall.base_url, hall.rest.trust)
    return line._writer.get_extra_info("ssl_object").getpeercert(binary_form=True)


async def test_pages_files_and_the_api(hall):
    for path in ("/", "/join", "/static/js/lib/share.js", "/realtime/health"):
        answer = await hall.rest.fetch("GET", path)
        assert answer.code == 200
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    [described] = (await hall.rest.get("/asyncapi.json"))["servers"].values()
    assert described["protocol"] == "wss"


async def test_a_short_game(hall):
    await play_a_short_game(hall)


async def test_links_for_players_are_https(hall):
    page = await hall.rest.fetch("GET", "/host/new")
    assert f'"https://{lan_address()}:'.encode() in page.body or b'"https://127.0.0.1:' in page.body


async def test_page_without_tls_may_open_no_socket(hall):
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": hall.base_url.replace("https", "http")}
    assert (await hall.rest.fetch("GET", "/realtime/ws/host/new", **upgrade, **key)).code == 403


async def test_header_of_nobody_in_particular_does_not_unsay_tls(hall):
    answer = await hall.rest.fetch("GET", "/", **{"X-Forwarded-Proto": "http"})
    assert "Strict-Transport-Security" in answer.headers


async def test_who_speaks_no_tls_is_hung_up_on(hall, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("tornado.general"), "filters", [server.worth_a_line])
    line = await Line.open(hall.base_url)
    line.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    with contextlib.suppress(ConnectionResetError):
        assert b"HTTP/" not in await line.rest()
    assert (await hall.rest.fetch("GET", "/")).code == 200
    assert caplog.text == ""


@pytest.mark.parametrize(("version", "works"), [("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)])
async def test_versions_of_tls(hall, version, works):
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning) if not works else contextlib.nullcontext():
        old.minimum_version = old.maximum_version = ssl.TLSVersion[version]
    if works:
        assert (await (await Line.open(hall.base_url, old)).ask("GET", "/realtime/health")).status == 200
    else:
        with pytest.raises(ssl.SSLError):
            await Line.open(hall.base_url, old)


async def test_who_is_slow_to_shake_hands_holds_nobody_up(hall, monkeypatch):
    monkeypatch.setattr(server, "HANDSHAKE_SECONDS", 0.5)
    silent = [await Line.open(hall.base_url) for _ in range(50)]
    silent[0].send(b"\x16\x03\x01\x02\x00")  # begins, and says no more
    assert (await hall.rest.fetch("GET", "/")).code == 200
    assert all(await asyncio.gather(*(line.at_end() for line in silent)))


async def test_renewed_certificate_is_shown_to_who_comes_next(hall, authority, caplog):
    caplog.set_level(logging.INFO)
    open_since = await Line.open(hall.base_url, hall.rest.trust)
    assert await certificate_of(hall) == authority.serving
    renewed = authority.issue()
    hall.server.renew()
    assert await certificate_of(hall) == renewed
    assert (await open_since.ask("GET", "/realtime/health")).status == 200
    authority.issue(end=dt.timedelta(days=-1))
    hall.server.renew()
    assert await certificate_of(hall) == renewed and "has expired" in caplog.text


class TestProcess:
    def test_greeting_and_the_way_down(self, server_process, authority):
        started: ServerProcess = server_process(TLS_CERTIFICATE=str(authority.certificate), TLS_KEY=str(authority.key))
        assert started.url.startswith("https://127.0.0.1:")

        async def ask() -> int:
            rest = Rest(started.url, trust=authority.trusting)
            await Line.open(started.url)  # somebody who never shakes hands
            code = (await rest.fetch("GET", "/")).code
            AsyncHTTPClient().close()
            return code

        assert asyncio.run(ask()) == 200
        assert started.stop() == 0
        assert started.errors() == ""

    def test_bad_certificate_is_one_sentence_before_anything_else(self, authority, folder):
        authority.issue(end=dt.timedelta(days=-1))
        files = {"TLS_CERTIFICATE": str(authority.certificate), "TLS_KEY": str(authority.key)}
        done = run_quizzler("serve", "--port", "0", DATA_DIR=str(folder), **files)
        assert done.returncode == 2 and not folder.exists()
        assert done.stderr == f"quizzler: TLS_CERTIFICATE: the certificate in {authority.certificate} has expired\n"
