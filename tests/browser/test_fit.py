"""Text on the stage is as large as its room allows, for people who want no motion too."""

import pytest

from tests.browser.people import open_room, sign_up
from tests.clients import Rest

# For a quarter of a second of frames: whether the code is cut off in any, its sizes, how much of its place it takes.
WATCH = """async () => {
  const way = document.querySelector(".lobby-way");
  const code = document.querySelector(".lobby-code");
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  const sizes = new Set();
  let cut = false;
  for (let frame = 0; frame < 15; frame += 1) {
    await new Promise(requestAnimationFrame);
    sizes.add(getComputedStyle(code).fontSize);
    cut ||= way.scrollWidth > way.clientWidth + 1;
  }
  const text = document.createRange();
  text.selectNodeContents(code);
  const filled = text.getBoundingClientRect().width / way.clientWidth;
  return { sizes: [...sizes], cut, filled, fit: parseFloat(way.style.getPropertyValue("--fit")) };
}"""


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720), (800, 600)])
async def test_room_code_fills_its_place_and_stays_as_large_as_it_is(visitor, site, width, height):
    stage = await visitor({"width": width - 1, "height": height})
    await sign_up(stage, "Ann")
    [quiz, *_] = await Rest(site).get("/trivia")
    await open_room(stage, quiz["id"])
    await stage.evaluate("document.fonts.ready")
    # The widest code there can be, and what happens when a window changes its size.
    await stage.evaluate("document.querySelector('.lobby-code').textContent = 'WWWW WWWW'")
    await stage.set_viewport_size({"width": width, "height": height})
    seen = await stage.evaluate(WATCH)
    assert len(seen["sizes"]) == 1 and not seen["cut"]
    assert seen["fit"] == 1 or seen["filled"] > 0.95
