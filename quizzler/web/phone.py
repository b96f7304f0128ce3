"""The two pages of a phone, the door of a room and the room. A whole hall opens them in the same seconds."""

import re
from functools import lru_cache

from tornado.template import Loader

from quizzler.web.assets import ASSETS, folder
from quizzler.web.guards import content_security_policy
from quizzler.web.ready import ASKED_EVERY_TIME, Find, Ready
from quizzler.web.services import Services

_DOOR = re.compile(r"/join(?:/([A-Za-z0-9]{1,12}))?/?")
_ROOM = re.compile(r"/play/[A-Za-z0-9]{1,12}/?")
# By what they say, the host that they are for and the version of the files that they name.
_PAGES_KEPT = 64


def pages(services: Services) -> Find:
    """The door says whether its room is open, so that nobody who scanned the code need ask."""
    heartbeat = services.settings.heartbeat_interval
    templates = Loader(str(folder("templates")))

    @lru_cache(_PAGES_KEPT)
    def page(template: str, host: str, version: str, **known: object) -> Ready:
        html = templates.load(template).generate(asset=ASSETS.url, inline=ASSETS.inline, **known)
        headers = {"Content-Security-Policy": content_security_policy(host)}
        return Ready(html, "text/html; charset=UTF-8", ASKED_EVERY_TIME, **headers)

    def find(path: str, host: str, address: str) -> Ready | None:
        if door := _DOOR.fullmatch(path):
            is_open = door[1] is not None and services.admission.is_open(door[1], address)
            return page("join.html", host, ASSETS.edition.version, is_open=is_open)
        if _ROOM.fullmatch(path):
            return page("play.html", host, ASSETS.edition.version, heartbeat=heartbeat)
        return None

    return find
