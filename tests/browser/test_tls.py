"""The pages over https: what they load and the sockets that they open, under the same Content-Security-Policy."""

import pytest

from tests.browser.conftest import PROJECTOR
from tests.browser.people import join, open_room, sign_up
from tests.certificates import Authority
from tests.clients import Rest


@pytest.fixture
def authority(tmp_path) -> Authority:
    made = Authority(tmp_path)
    made.issue()
    return made


@pytest.fixture
def site(server_process, authority) -> str:
    return server_process(TLS_CERTIFICATE=str(authority.certificate), TLS_KEY=str(authority.key)).url


async def test_host_and_player_meet(visitor, site, authority):
    host, phone = await visitor(PROJECTOR), await visitor()
    opened = []
    phone.on("websocket", lambda socket: opened.append(socket.url))
    ann = Rest(site, await sign_up(host, "Dora"), authority.trusting)
    question = {"question_text": "Where is Oslo?", "option_a": "Sweden", "option_b": "Norway", "correct_option": "b"}
    quiz = await ann.post("/quizzes", {"title": "Mixed", "questions": [question]})
    code = await open_room(host, quiz["quiz_id"])
    await join(phone, code, "Ada")
    await host.get_by_text("Ada", exact=True).wait_for()
    assert opened and all(url.startswith("wss://") for url in opened)
