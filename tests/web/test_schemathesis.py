"""Schemathesis holds the server against its own OpenAPI document, with all its checks."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from tests.clients import Hall, Rest, a_question

ROOT = Path(__file__).parent.parent.parent
CONFIG = Path(__file__).parent / "schemathesis.toml"
SECONDS = 80
EXAMPLES = 25
QUIZ = {
    "title": "Two",
    "questions": [
        {"question_text": "1 + 1?", "options": ["1", "2"], "correct_answer": 1},
        {"question_text": "1 - 1?", "options": ["0", "1"], "correct_answer": 0},
    ],
}


@pytest.fixture
async def admin(hall) -> Rest:
    admin = await hall.rest.sign_up("Admin")
    await hall.services.database.execute("UPDATE users SET is_admin = true")
    return admin


async def something_of_everything(hall: Hall, admin: Rest) -> dict[str, list[str]]:
    """A quiz that nobody took, one under way, one submitted; an open room; a game that ended."""
    quiz_ids = [(await admin.post("/quizzes", {**QUIZ, "title": title}))["quiz_id"] for title in "ABC"]
    await admin.post(f"/quizzes/{quiz_ids[1]}/start")
    await admin.post(f"/quizzes/{quiz_ids[2]}/start")
    await admin.post(f"/quizzes/{quiz_ids[2]}/submit", {"answers": {}})
    played = await hall.host(admin)
    player = await hall.player(played.code, "Bob")
    played.say(a_question())
    await player.until("question")
    player.say({"type": "answer", "option": 1})
    await played.until("results")
    played.say({"type": "end_game"})
    game_id = (await played.until("game_over"))["game_id"]
    await played.until_closed()
    return {"quiz_id": quiz_ids, "code": [(await hall.host(admin)).code], "game_id": [game_id]}


async def schemathesis(folder: Path, base_url: str, known: dict[str, list[str]], *flags: str) -> tuple[int, str]:
    """Its exit status and what it says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "--no-color"),
        *("run", f"{base_url}/openapi.json", "--checks", "all", "--seed", "1", "--max-examples", str(EXAMPLES), *flags),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SCHEMATHESIS_KNOWN": json.dumps(known)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, said.decode()


@pytest.mark.slow
async def test_server_keeps_what_its_document_says(hall, admin, tmp_path):
    """Signing out has runs of its own: it would end all others."""
    known = await something_of_everything(hall, admin)
    signed_in = ("--header", f"Authorization: Bearer {admin.token}")
    all_others = ("--exclude-path-regex", "^/auth/signout")
    ended, said = await schemathesis(tmp_path, hall.base_url, known, *signed_in, *all_others)
    assert ended == 0, said
    assert (await admin.get("/auth/me"))["email"] == "admin@example.org"
    for path in ("/auth/signout", "/auth/signout-everywhere"):
        answer = await hall.rest.post("/auth/signin", {"email": "admin@example.org", "password": "correct horse"})
        user = Rest(hall.base_url, answer["access_token"])
        signed_in = ("--header", f"Authorization: Bearer {user.token}")
        ended, said = await schemathesis(tmp_path, hall.base_url, known, *signed_in, "--include-path", path)
        assert ended == 0, said
        assert (await user.call("GET", "/auth/me"))[0] == 401
    assert hall.services.registry.counts.errors == 0
