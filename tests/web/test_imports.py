"""Importing questions from a file over HTTP."""

import json

import pytest

from tests.clients import Rest
from tests.formats.test_csv_questions import HEADER, OSLO

PATH = "/quizzes/import-questions"
BOUNDARY = "----boundary7MA4YWxk"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


@pytest.fixture
async def ann(hall) -> Rest:
    return await hall.rest.sign_up("Ann")


def form(data: bytes, name: str = "file", file_name: str = "questions.csv") -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
    return head.encode() + b"Content-Type: text/csv\r\n\r\n" + data + f"\r\n--{BOUNDARY}--\r\n".encode()


async def send(user: Rest, body: bytes, content_type: str = FORM) -> tuple[int, dict]:
    response = await user.fetch("POST", PATH, body, **{"Content-Type": content_type})
    return response.code, json.loads(response.body)


async def test_questions_come_back_in_the_contracts_view(ann):
    status, answer = await send(ann, form(f"{HEADER}\n{OSLO}\nAnd Bergen?,Norway,Chile,,,a\n".encode()))
    assert (status, answer["message"]) == (200, "Imported 2 questions")
    first, second = answer["questions"]
    assert first == {
        "question_text": "Where is Oslo?",
        "option_a": "Sweden",
        "option_b": "Norway",
        "option_c": "Denmark",
        "option_d": "Finland",
        "correct_option": "b",
        "time_limit": 30,
        "explanation": "",
    }
    assert (second["option_b"], second.get("option_c"), second["correct_option"]) == ("Chile", None, "a")


async def test_they_can_be_saved_as_they_came(ann):
    _, answer = await send(ann, form(f"{HEADER},explanation\n{OSLO},Since 1814.\nB?,x,y,,,a,\n".encode()))
    quiz_id = (await ann.post("/quizzes", {"title": "Imported", "questions": answer["questions"]}))["quiz_id"]
    saved = (await ann.get(f"/quizzes/{quiz_id}/questions"))["questions"]
    assert [{name: question[name] for name in imported} for imported, question in zip(answer["questions"], saved)] == (
        answer["questions"]
    )


async def test_bad_rows_are_reported_and_nothing_is_imported(ann):
    status, answer = await send(ann, form(f"{HEADER}\n{OSLO}\nB?,x,y,,,c\n,x,y,,,a\n".encode()))
    assert status == 400 and "questions" not in answer
    assert answer["detail"].startswith("Row 3: correct_option") and "row 4: question_text" in answer["detail"]
    assert [row["row"] for row in answer["rows"]] == [3, 4] and all(row["message"] for row in answer["rows"])
    assert await ann.get("/quizzes") == []


async def test_windows_file(ann):
    text = f"{HEADER}\r\nWo ist München?,Österreich,Bayern,,,b\r\n".replace(",", ";")
    _, answer = await send(ann, form(text.encode("cp1252")))
    assert answer["questions"][0]["question_text"] == "Wo ist München?"


@pytest.mark.parametrize(
    ("body", "content_type", "field"),
    [
        (b"", FORM, []),
        (b"x", FORM, []),
        (form(b"x")[:-10], FORM, []),
        (form(b"x"), "multipart/form-data", []),
        (form(b"x", name="other"), FORM, ["file"]),
        (form(b"x", file_name=""), FORM, ["file"]),
        (b"{}", "application/json", ["file"]),
        (HEADER.encode(), "text/csv", ["file"]),
        (b"file=x", "application/x-www-form-urlencoded", ["file"]),
    ],
)
async def test_body_that_is_no_form_with_a_file(ann, body, content_type, field):
    status, answer = await send(ann, body, content_type)
    assert status == 422, answer
    assert answer["detail"][0]["loc"] == ["body", *field]


@pytest.mark.parametrize("data", [b"", b"\x00", b"PK\x03\x04", f"{HEADER}\n".encode() + f"{OSLO}\n".encode() * 51])
async def test_bad_file(ann, data):
    status, answer = await send(ann, form(data))
    assert status == 400 and isinstance(answer["detail"], str)


async def test_large_file(ann):
    status, answer = await send(ann, form(b"x" * 1024 * 1024))
    assert status == 413 and "1 MiB" in answer["detail"]
