"""The OpenAPI document says of every route what it takes and gives, and says it in valid OpenAPI 3.1."""

import re

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from quizzler.web import openapi
from tests.clients import Rest


@pytest.fixture
def endpoints(hall) -> list[openapi.Endpoint]:
    return list(openapi.endpoints(hall.application))


@pytest.fixture
async def document(hall) -> dict:
    return await hall.rest.get("/openapi.json")


def operations(document: dict) -> list[tuple[str, str, dict]]:
    return [(path, method, each) for path, methods in document["paths"].items() for method, each in methods.items()]


async def test_every_route_is_described(endpoints):
    missing = [f"{each.method} {each.path} ({each.handler.__name__})" for each in endpoints if not each.operation]
    assert not missing, f"without @operation: {missing}"


async def test_every_route_is_in_the_document(endpoints, document):
    described = {(path, method) for path, method, _ in operations(document)}
    assert described == {(each.path, each.method) for each in endpoints} and len(described) > 20


async def test_document_is_openapi_3_1(document):
    assert document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document).validate()


async def test_operations_have_a_summary_a_name_and_an_answer(document):
    names = [each["operationId"] for _, _, each in operations(document)]
    assert len(set(names)) == len(names)
    for path, method, each in operations(document):
        assert each["summary"] and each["tags"], (path, method)
        assert "content" in each["responses"]["200"], (path, method)


async def test_parameters_of_the_path_are_those_of_the_route(document):
    for path, _, each in operations(document):
        given = [parameter["name"] for parameter in each.get("parameters", ()) if parameter["in"] == "path"]
        assert given == re.findall(r"\{(\w+)\}", path)
    assert "/quizzes/{quiz_id}/questions" in document["paths"]


async def test_types_that_validate_are_those_that_are_shown(document):
    schemas = document["components"]["schemas"]
    assert schemas["NewAccount"]["required"] == ["email", "password", "name"]
    assert schemas["QuizBody"]["properties"]["difficulty"]["anyOf"][0]["enum"] == ["easy", "hard", "medium"]
    body = document["paths"]["/auth/signup"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/NewAccount"}
    [_limit, _cursor, topic, difficulty, sort_by] = document["paths"]["/trivia"]["get"]["parameters"]
    assert (topic["name"], topic["required"], topic["schema"]["type"]) == ("topic", False, "string")
    assert sort_by["schema"] == {"enum": ["difficulty", "popularity", "recent", ""], "default": "popularity"}


async def test_who_may_is_said_and_true(hall, document):
    """Whatever is marked for users refuses those who are not signed in, and nothing else does."""
    for path, method, each in operations(document):
        place = re.sub(r"\{\w*id\}", "00000000-0000-0000-0000-000000000000", path).replace("{code}", "ABCDEFGH")
        status = (await hall.rest.fetch(method.upper(), place, "{}" if "requestBody" in each else None)).code
        assert (status == 401) == (each.get("security") == [{"token": []}]), (method, path, status)


@pytest.mark.parametrize("path", ["/openapi.json", "/asyncapi.json"])
async def test_programs_read_the_document_from_anywhere(hall_with, path):
    hall = await hall_with(cors_origins=("https://viewer.example",))
    response = await hall.rest.fetch("GET", path, Origin="https://viewer.example")
    assert response.headers["Access-Control-Allow-Origin"] == "https://viewer.example"
    assert response.headers["Content-Type"].startswith("application/json")


async def test_signed_in_or_not_the_document_is_the_same(hall):
    ann: Rest = await hall.rest.sign_up("Ann")
    assert await ann.get("/openapi.json") == await hall.rest.get("/openapi.json")
