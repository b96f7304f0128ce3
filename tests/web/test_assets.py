"""The files of the pages and the two pages of a phone: what is kept, by whom and for how long."""

import gzip
import os
import re
from collections.abc import Awaitable, Callable

import pytest

from quizzler.web import assets
from quizzler.web.assets import ASSETS, Assets, folder
from quizzler.web.ready import takes_gzip
from tests.clients import Hall
from tests.web.raw import Answer, Line

PHONE_SCRIPT = ASSETS.url("js/pages/phone.js")
STATIC = folder("static")
TEMPLATES = folder("templates")


Get = Callable[..., Awaitable[Answer]]


@pytest.fixture(params=["front", "tornado"])
def get(hall: Hall, request) -> Get:
    """By either of the two that answer: the front leaves a connection that is to be closed to Tornado."""
    more = {"Connection": "close"} if request.param == "tornado" else {}

    async def ask(path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        line = await Line.open(hall.base_url)
        try:
            return await line.ask(method, path, body, **more, **headers)
        finally:
            line.close()

    return ask


async def test_file_with_todays_version_may_be_kept_for_a_year(get):
    response = await get(PHONE_SCRIPT)
    assert response.status == 200
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-type"] == "text/javascript"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert b"const player$page = " in response.body and b"const pages$join = " in response.body


async def test_without_a_version_a_file_is_as_it_is(get):
    response = await get("/static/js/pages/phone.js")
    assert response.body == (STATIC / "js/pages/phone.js").read_bytes()
    assert response.headers["cache-control"] == "no-cache"


async def test_another_version_is_given_todays_file_but_not_to_be_kept(get):
    response = await get("/static/v-0123456789ab/js/pages/phone.js")
    assert response.body == (await get(PHONE_SCRIPT)).body
    assert response.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (ASSETS.url("css/phone.css"), "text/css"),
        (ASSETS.url("js/pages/phone.js.map"), "application/json"),
        (ASSETS.url("vendor/swagger-ui/swagger-ui-bundle.js"), "text/javascript"),
        ("/favicon.svg", "image/svg+xml"),
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/static/vendor/swagger-ui/LICENSE", "text/plain; charset=utf-8"),
    ],
)
async def test_files_are_of_their_kind(get, path, kind):
    response = await get(path)
    assert (response.status, response.headers["content-type"]) == (200, kind)


async def test_what_a_stylesheet_names_is_there_and_may_be_kept(get):
    sheet = (await get(ASSETS.url("css/phone.css"))).body.decode()
    fonts = re.findall(r'url\("\.\./(.+?)"\)', sheet)
    assert len(fonts) == 6
    for font in fonts:
        response = await get(ASSETS.url(font))
        assert response.status == 200 and "immutable" in response.headers["cache-control"]
        assert response.headers["content-type"] == "font/woff2" and "vary" not in response.headers


@pytest.mark.parametrize("path", [PHONE_SCRIPT, "/join/ABCD", "/favicon.svg"])
async def test_gzip_is_for_who_takes_it(get, path):
    plain, zipped = await get(path), await get(path, Accept_Encoding="br, gzip")
    assert "content-encoding" not in plain.headers and zipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == plain.body and len(zipped.body) < len(plain.body)
    assert plain.headers["vary"] == zipped.headers["vary"] == "Accept-Encoding"
    assert plain.headers["etag"] != zipped.headers["etag"]


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip, deflate, br", True),
        ("br;q=1, GZIP ; q=0.5", True),
        ("*", True),
        ("", False),
        ("identity", False),
        ("br, gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("*;q=0", False),
        ("gzippy", False),
    ],
)
def test_accept_encoding_is_understood(accepted, takes):
    assert takes_gzip(accepted) is takes


@pytest.mark.parametrize("path", [PHONE_SCRIPT, "/join/ABCD", "/play/ABCD", "/favicon.svg"])
async def test_what_is_known_is_not_sent_again(get, path):
    known = (await get(path)).headers
    for tags in (known["etag"], f'"other", W/{known["etag"]}', "*"):
        response = await get(path, If_None_Match=tags)
        assert (response.status, response.body) == (304, b"")
        assert response.headers["etag"] == known["etag"]
        assert response.headers["cache-control"] == known["cache-control"]
    assert (await get(path, If_None_Match='"other"')).status == 200


@pytest.mark.parametrize("path", [PHONE_SCRIPT, "/join/ABCD", "/favicon.svg"])
async def test_head_has_the_headers_alone_and_nothing_else_is_possible(get, path):
    response, head = await get(path), await get(path, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) == len(response.body)
    assert head.headers["etag"] == response.headers["etag"]
    for method, body in (("POST", b"{}"), ("DELETE", b""), ("OPTIONS", b"")):
        refusal = await get(path, method, body)
        assert (refusal.status, refusal.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../setup.py",
        "/static/js/../../setup.py",
        "/static/%2e%2e/setup.py",
        "/static/..%2fsetup.py",
        "/static/v-00/../../setup.py",
        "/static//etc/passwd",
        "/static/js/..\\..\\..\\setup.py",
        "/static/js",
        "/static/js/",
        "/static/",
        "/static/js/pages/phone.js%00",
        "/static/js/none.js",
        "/static/v-00/js/none.js.map",
        "/static/js/pages/phone.js.map",
    ],
)
async def test_only_what_is_in_the_folder_has_an_answer(get, path):
    assert (await get(path)).status == 404


async def test_door_knows_whether_its_room_is_open(hall, get):
    host = await hall.host(await hall.rest.sign_up("Ann"))
    assert b" data-open" in (await get(f"/join/{host.code.lower()}")).body
    assert b" data-open" not in (await get("/join/ABCD")).body
    assert b" data-open" not in (await get("/join")).body
    host.say({"type": "end_game"})
    await host.until_closed()
    assert b" data-open" not in (await get(f"/join/{host.code}")).body


async def test_pages_of_a_phone_are_guarded_for_the_host_that_was_asked(get):
    for path in ("/join", "/play/ABCD"):
        for host in ("quiz.example.org", "[::1]:8000"):
            response = await get(path, Host=host)
            policy = response.headers["content-security-policy"]
            assert f"connect-src 'self' ws://{host} wss://{host};" in policy
            assert "script-src 'self';" in policy and "unsafe" not in policy
            assert response.headers["cache-control"] == "no-cache"


def test_version_changes_with_any_file_and_with_nothing_else(tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "a.css").write_text("a {}")
    first = Assets(tmp_path, watched=False).url("css/a.css")
    assert Assets(tmp_path, watched=False).url("css/a.css") == first
    (tmp_path / "b.svg").write_text("<svg/>")
    second = Assets(tmp_path, watched=False).url("css/a.css")
    (tmp_path / "b.svg").rename(tmp_path / "c.svg")
    third = Assets(tmp_path, watched=False).url("css/a.css")
    assert len({first, second, third}) == 3


def test_changed_file_is_seen_in_a_checkout_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "LOOK_EVERY", 0.0)
    file = tmp_path / "a.svg"
    file.write_text("<svg/>")
    watched, left_alone = Assets(tmp_path, watched=True), Assets(tmp_path, watched=False)
    before = {each: each.url("a.svg") for each in (watched, left_alone)}
    assert watched.edition is watched.edition
    file.write_text("<svg></svg>")
    os.utime(file, (1, 1))
    assert watched.url("a.svg") != before[watched]
    assert left_alone.url("a.svg") == before[left_alone]
    assert ASSETS._watched


def test_every_page_has_one_script_of_ours_for_a_module_would_be_there_twice():
    for path in TEMPLATES.glob("*.html"):
        scripts = re.findall(r'<script type="module"', path.read_text())
        assert len(scripts) <= 1, path.name


async def test_module_that_cannot_be_joined_is_said_to_be_so(get, tmp_path, monkeypatch, caplog):
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "page.js").write_text("export default 1;\n")
    broken = Assets(tmp_path, watched=False)
    monkeypatch.setattr(ASSETS, "_edition", broken.edition)
    monkeypatch.setattr(ASSETS, "_watched", False)
    assert (await get(broken.url("js/page.js"))).status == 500
    assert "js/page.js:1: this form cannot be joined: export default 1;" in caplog.text
