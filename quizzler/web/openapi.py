"""The OpenAPI 3.1 document of the REST API: from the application's routes, the ``@operation`` marks of their handlers,
and the very types that validate what comes in and encode what goes out."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import msgspec
from tornado.routing import PathMatches
from tornado.web import Application

from quizzler import __version__
from quizzler.errors import (
    Forbidden,
    Invalid,
    InvalidBody,
    InvalidRows,
    LimitReached,
    NotFound,
    QuizzlerError,
    Refused,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from quizzler.web.api import ADMIN, ANYONE, CREATOR, HOST, JSON, USER, Operation, operation_of
from quizzler.web.base import FREE, ApiHandler, implemented_methods
from quizzler.web.fields import STORABLE
from quizzler.web.problems import FieldProblems, Problem, RowProblems

SCHEMAS = "#/components/schemas/{name}"
DESCRIPTION = """Live quizzes: accounts, saved quizzes, results. What happens in a live room goes over WebSockets,
which [their own page](/docs/live) describes.

An error is `{"detail": "a sentence for a person"}`; where a body or a query has the wrong shape, `detail` is a list
that says where. Unknown fields are ignored. Times are ISO 8601 with an offset. Every path also answers with a slash
at its end. A number or a boolean may come as text, as HTML forms send it, and a boolean as 0 or 1; an empty parameter
of the query counts as not given."""
FOR_WHOM = {
    ANYONE: "For anyone.",
    USER: "For whoever is signed in.",
    CREATOR: "For the quiz's creator.",
    HOST: "For the host of the game.",
    ADMIN: "For admins.",
}
ERRORS = {
    Invalid: "A rule forbids it",
    InvalidRows: "Rows of the file are wrong",
    Unauthenticated: "Not signed in",
    Forbidden: "Not allowed to",
    NotFound: "There is no such thing, or it is not for the caller to see",
    Refused: "Not possible at the moment; nothing was changed",
    TooLarge: "The body is larger than 1 MiB",
    InvalidBody: "The body or the query has the wrong shape",
    LimitReached: "Too many requests; `Retry-After` says in how many seconds to try again",
    Unavailable: "The database is away",
}
SHAPES = {InvalidBody: FieldProblems, InvalidRows: RowProblems}
PARAMETERS = {
    "quiz_id": {"description": "A quiz", "schema": {"type": "string", "format": "uuid"}},
    "game_id": {"description": "A game that ended", "schema": {"type": "string", "format": "uuid"}},
    "code": {"description": "A room's code, in either case", "schema": {"type": "string", "minLength": 1}},
}


@dataclass(frozen=True)
class Endpoint:
    """A method of a route. ``path`` has its parameters in braces; ``operation`` is None where it is not described."""

    path: str
    method: str
    handler: type[ApiHandler]
    parameters: tuple[str, ...]
    operation: Operation | None

    @property
    def tag(self) -> str:
        return self.handler.__module__.rpartition(".")[2]

    @property
    def operation_id(self) -> str:
        return re.sub(r"\W+", "_", self.method + self.path).strip("_")


def endpoints(application: Application) -> Iterator[Endpoint]:
    """Every method of every REST route, in the order of the routes."""
    for rule in application.wildcard_router.rules:
        if not isinstance(rule.matcher, PathMatches) or not issubclass(rule.target, ApiHandler):
            continue
        for method in implemented_methods(rule.target):
            if method in ("HEAD", "OPTIONS"):
                continue
            function = getattr(rule.target, method.lower())
            names = tuple(inspect.signature(function).parameters)[1:]
            path = _path(rule.matcher.regex.pattern, names)
            yield Endpoint(path, method.lower(), rule.target, names, operation_of(function))


def document(application: Application) -> dict[str, Any]:
    described = [endpoint for endpoint in endpoints(application) if endpoint.operation]
    schemas, components = _schemas(described)
    paths: dict[str, dict] = {}
    for endpoint in described:
        paths.setdefault(endpoint.path, {})[endpoint.method] = _operation(endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Quizzler",
            "version": __version__,
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": list({endpoint.tag: _tag(endpoint) for endpoint in described}.values()),
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {error.__name__: _error_response(error, schemas) for error in ERRORS},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _path(pattern: str, names: tuple[str, ...]) -> str:
    """``/quizzes/([^/]+)/?$`` with ``("quiz_id",)`` is ``/quizzes/{quiz_id}``."""
    left = iter(names)
    path = re.sub(r"\([^()]*\)", lambda _: "{%s}" % next(left), pattern.removesuffix("$").removesuffix("/?"))
    return path.replace("\\", "")


def _schemas(described: list[Endpoint]) -> tuple[dict[Any, dict], dict[str, dict]]:
    """Each type's schema, and the components that these refer to."""
    types: list[Any] = [Problem, *SHAPES.values()]
    for endpoint in described:
        types += [kind for kind in (endpoint.operation.body, endpoint.operation.answer) if kind is not None]
    found, components = msgspec.json.schema_components(types, ref_template=SCHEMAS)
    for component in components.values():
        if "description" in component:
            component["description"] = inspect.cleandoc(component["description"])
    return dict(zip(types, found)), components


def _tag(endpoint: Endpoint) -> dict[str, str]:
    return {"name": endpoint.tag, "description": inspect.getdoc(inspect.getmodule(endpoint.handler))}


def _operation(endpoint: Endpoint, schemas: dict[Any, dict]) -> dict[str, Any]:
    marked = endpoint.operation
    described: dict[str, Any] = {
        "operationId": endpoint.operation_id,
        "summary": marked.summary,
        "description": f"{FOR_WHOM[marked.who]} {marked.description}".strip(),
        "tags": [endpoint.tag],
        "responses": {str(status): _answer(marked, status, schemas) for status in marked.statuses},
    }
    for status, errors in groupby(_errors(endpoint), lambda error: error.status):
        described["responses"].setdefault(str(status), _error_answer(list(errors), schemas))
    parameters = [{"name": name, "in": "path", "required": True, **PARAMETERS[name]} for name in endpoint.parameters]
    if marked.query is not None:
        parameters += _query(marked.query)
    if parameters:
        described["parameters"] = parameters
    if marked.body is not None:
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": schemas[marked.body]}}}
    if marked.upload:
        described["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _upload(marked)}}}
    if marked.who != ANYONE:
        described["security"] = [{"token": []}]
    return described


def _errors(endpoint: Endpoint) -> list[type[QuizzlerError]]:
    marked = endpoint.operation
    errors = [*marked.errors, Unavailable]
    if endpoint.handler.budget != FREE:
        errors.append(LimitReached)
    if marked.body is not None or marked.upload:
        errors.append(TooLarge)
    if marked.body is not None or marked.upload or marked.query is not None:
        errors.append(InvalidBody)
    if marked.who != ANYONE:
        errors.append(Unauthenticated)
    if marked.who == ADMIN:
        errors.append(Forbidden)
    return sorted(dict.fromkeys(errors), key=lambda error: error.status)


def _query(kind: type) -> list[dict[str, Any]]:
    """One parameter for each field. What may be null in the type may be left out of the address."""
    schema = msgspec.json.schema(kind)
    schema = schema["$defs"][schema["$ref"].rpartition("/")[2]]
    parameters = []
    for name, field in schema["properties"].items():
        said = {"description": field.pop("description")} if "description" in field else {}
        parameters.append({"name": name, "in": "query", "required": name in schema["required"], **said})
        parameters[-1]["schema"] = _or_empty(_without_null(field))
    return parameters


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    if schema.get("default", "") is None:
        del schema["default"]
    if None in schema.get("enum", ()):
        schema["enum"] = [value for value in schema["enum"] if value is not None]
    if "anyOf" not in schema:
        return schema
    [known] = [each for each in schema.pop("anyOf") if each != {"type": "null"}]
    return {**known, **schema}


def _or_empty(schema: dict[str, Any]) -> dict[str, Any]:
    """An empty parameter counts as not given."""
    if schema.get("type") == "string":
        return {"pattern": STORABLE, **schema}
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], ""]}
    default = {"default": schema.pop("default")} if "default" in schema else {}
    return {"anyOf": [schema, {"const": ""}], **default}


def _upload(marked: Operation) -> dict[str, Any]:
    """Nothing beside the file: not every name can be that of a part of a form."""
    return {
        "type": "object",
        "properties": {marked.upload: {"type": "string", "format": "binary"}},
        "required": [marked.upload],
        "additionalProperties": False,
    }


def _answer(marked: Operation, status: int, schemas: dict[Any, dict]) -> dict[str, Any]:
    described: dict[str, Any] = {"description": "Done" if status < 400 else "The same, and why not"}
    if marked.answer is not None:
        described["content"] = {marked.media: {"schema": schemas[marked.answer]}}
    return described


def _error_answer(errors: list[type[QuizzlerError]], schemas: dict[Any, dict]) -> dict[str, Any]:
    """Of errors that share a status."""
    if len(errors) == 1:
        return {"$ref": f"#/components/responses/{errors[0].__name__}"}
    either = {"anyOf": [schemas[SHAPES.get(error, Problem)] for error in errors]}
    return {"description": "; ".join(ERRORS[error] for error in errors), "content": {JSON: {"schema": either}}}


def _error_response(error: type[QuizzlerError], schemas: dict[Any, dict]) -> dict[str, Any]:
    described = {"description": ERRORS[error], "content": {JSON: {"schema": schemas[SHAPES.get(error, Problem)]}}}
    if error is Unauthenticated:
        described["headers"] = {"WWW-Authenticate": {"schema": {"const": "Bearer"}, "required": True}}
    if error is LimitReached:
        described["headers"] = {
            "Retry-After": {"description": "Seconds", "schema": {"type": "integer", "minimum": 1}, "required": False}
        }
    return described
