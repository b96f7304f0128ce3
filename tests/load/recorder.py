"""What a phone asks of a server, byte for byte: a real Chromium goes through a proxy that writes it down."""

import asyncio
from dataclasses import dataclass, field

from playwright.async_api import Browser, Playwright, async_playwright, expect

from tests.browser.conftest import FLAGS, PATIENCE

PHONE = "Pixel 7"
# Seconds that a page is left alone after it has loaded: a browser asks for the icon last.
SETTLE = 1.0


@dataclass
class Recorded:
    """One request, on the connection of that number, and the bytes that came back."""

    connection: int
    head: bytes
    received: int = 0

    @property
    def path(self) -> str:
        return self.head.split(b" ", 2)[1].decode()

    @property
    def is_upgrade(self) -> bool:
        return b"Upgrade: websocket" in self.head


@dataclass
class Recorder:
    """A proxy in front of ``address``. It takes every chunk from a browser as a request: they have no bodies, and
    no browser sends a second one before the first is answered."""

    address: tuple[str, int]
    requests: list[Recorded] = field(default_factory=list)
    connections: int = 0

    async def listen(self) -> int:
        """Its port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        upstream, downstream = await asyncio.open_connection(*self.address)
        latest: Recorded | None = None

        async def ask() -> None:
            nonlocal latest
            while data := await _read(reader):
                if latest is None or not latest.is_upgrade:
                    latest = Recorded(number, data)
                    self.requests.append(latest)
                downstream.write(data)
            downstream.close()

        async def answer() -> None:
            while data := await _read(upstream):
                latest.received += len(data)
                writer.write(data)
            writer.close()

        await asyncio.gather(ask(), answer())


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(65536)
    except ConnectionError:
        return b""


async def record(url: str, code: str) -> list[list[Recorded]]:
    """From the QR code's address into the lobby of that room, with an empty cache: the requests of the join page,
    then those from the name on, to the WebSocket's."""
    host, port = url.removeprefix("http://").split(":")
    recorder = Recorder((host, int(port)))
    link = f"http://127.0.0.1:{await recorder.listen()}/join/{code}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        door = await _join(playwright, browser, recorder, link)
        await browser.close()
    return [recorder.requests[:door], recorder.requests[door:]]


async def _join(playwright: Playwright, browser: Browser, recorder: Recorder, link: str) -> int:
    """Joins; returns how many requests came before the name."""
    context = await browser.new_context(**playwright.devices[PHONE])
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    await page.goto(link)
    await page.wait_for_load_state("networkidle")
    await asyncio.sleep(SETTLE)
    door = len(recorder.requests)
    await page.get_by_label("Your name on the screen").fill("Ada")
    await page.get_by_role("button", name="I’m in").click()
    await expect(page.get_by_role("heading", name="You’re in")).to_be_visible()
    await asyncio.sleep(SETTLE)
    return door
