"""The documents that describe the API, for programs and for people."""

import re
from html import escape
from typing import Any

import msgspec

from quizzler.web import asyncapi, openapi
from quizzler.web.api import operation
from quizzler.web.base import FREE, ApiHandler
from quizzler.web.pages import Page

_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
}


class OpenApi(ApiHandler):
    budget = FREE

    @operation("This document", answer=dict[str, Any])
    async def get(self) -> None:
        kept = self.application.settings
        if "openapi" not in kept:
            kept["openapi"] = msgspec.json.encode(openapi.document(self.application))
        self.finish(kept["openapi"])


class AsyncApi(ApiHandler):
    budget = FREE

    @operation("The WebSocket messages of live rooms, as AsyncAPI 3.0", answer=dict[str, Any])
    async def get(self) -> None:
        self.reply(live_document(self))


class Docs(Page):
    template = "docs.html"


class LiveDocs(Page):
    template = "docs_live.html"

    def get(self) -> None:
        document = live_document(self)
        self.show(document=document, fields=fields, last=last, prose=prose)


def live_document(handler: ApiHandler | Page) -> dict[str, Any]:
    request = handler.request
    return asyncapi.document(request.host, "wss" if request.protocol == "https" else "ws")


def fields(schemas: dict[str, Any], name: str) -> list[tuple[str, str, bool]]:
    """Each field of a message or of what is inside one: its name, what it holds in words, whether it is required."""
    schema = schemas[name]
    return [
        (field, in_words(known), field in schema.get("required", ())) for field, known in schema["properties"].items()
    ]


def in_words(schema: dict[str, Any]) -> str:
    """``{"type": "array", "items": {"type": "string"}}`` is "list of text"."""
    if "$ref" in schema:
        return last(schema["$ref"])
    if "enum" in schema:
        return " or ".join(f"“{value}”" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(in_words(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {in_words(schema['items'])}"
    kinds = schema.get("type", [])
    return " or ".join(_WORDS.get(kind, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)) or "anything"


def last(reference: str) -> str:
    return reference.rpartition("/")[2]


def prose(text: str) -> str:
    """HTML of a text in which code stands between backticks, one or two of them."""
    return re.sub(r"(`+)(.+?)\1", r"<code>\2</code>", escape(text, quote=False))


routes = [
    (r"/openapi\.json", OpenApi),
    (r"/asyncapi\.json", AsyncApi),
    (r"/docs/?", Docs),
    (r"/docs/live/?", LiveDocs),
]
