"""A module or a stylesheet in one piece with all that it imports: two files make a page instead of twenty.

The files under ``static/`` stay as they are and work without this. It knows the forms that they are written in and
refuses any other, with the file, the line and what stands there:

    import { one, two as other } from "./module.js";
    export function f     export async function f     export class C     export const x = ...
    @import "sheet.css";

A module becomes a function, so that no name is in the way of another's. It is called once, after those that the module
imports, and returns what it exports. As there are no cycles and no export ever changes, whoever imports cannot tell.
"""

import json
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass

Read = Callable[[str], str]
"""The text of a file by its path; raises ``KeyError`` where there is none."""

_PATH = re.compile(r"js/[\w/]+\.js")
_IMPORT = re.compile(r'^import \{([^{}]*)\} from "(\.[^"]*)";$', re.M)
_EXPORT = re.compile(r"^export (?=(?:async )?function (\w+)\(|class (\w+) |const (\w+) =)", re.M)
_SHEET = re.compile(r'^@import "([\w-]+\.css)";$', re.M)
# What is left of these words once the known forms are gone.
_OTHER_FORM = re.compile(r"^(?:import|export)\b.*|\bimport\s*\(.*|\bimport\.meta.*", re.M)
_OTHER_RULE = re.compile(r"@(?:import|charset|namespace)\b.*")
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


class NotJoinable(Exception):
    """The sentence names the file and what is wrong with it."""


@dataclass(frozen=True)
class Module:
    """``body`` is the text with other words for ``import`` and without ``export``; every line is still that line.
    ``imports`` has the names wanted of each module."""

    path: str
    body: str
    imports: dict[str, list[str]]
    exports: list[str]

    @classmethod
    def read(cls, path: str, read: Read) -> "Module":
        text = _text(path, read)
        if not _PATH.fullmatch(path):
            raise NotJoinable(f"{path}: a module is called by letters, digits and _")
        imports: dict[str, list[str]] = {}

        def take(found: re.Match) -> str:
            names, source = found[1], _resolved(path, found[2])
            imports.setdefault(source, []).extend(re.findall(r"(\w+)(?: as \w+)?", names))
            return f"const {{{names.replace(' as ', ': ')}}} = {_name(source)};"

        exports = [next(filter(None, names)) for names in _EXPORT.findall(text)]
        body = _EXPORT.sub("", _IMPORT.sub(take, text))
        _refuse(path, _OTHER_FORM, body)
        return cls(path, body, imports, exports)

    def joined(self) -> str:
        return f"const {_name(self.path)} = (() => {{\n{self.body}\nreturn {{ {', '.join(self.exports)} }};\n}})();\n"


def script(path: str, read: Read) -> tuple[str, str]:
    """That module and all that it needs as one module, and its source map. Raises ``NotJoinable``."""
    modules: dict[str, Module] = {}
    _add(path, read, modules, above=[])
    for module in modules.values():
        for source, names in module.imports.items():
            if missing := set(names) - set(modules[source].exports):
                raise NotJoinable(f"{module.path}: {source} does not export {', '.join(sorted(missing))}")
    text = "".join(module.joined() for module in modules.values())
    return f"{text}//# sourceMappingURL={posixpath.basename(path)}.map\n", _source_map(list(modules.values()))


def stylesheet(path: str, read: Read) -> str:
    """That sheet with those that it imports in their places. Raises ``NotJoinable``."""
    return _sheet(path, read, seen=set())


def _add(path: str, read: Read, modules: dict[str, Module], above: list[str]) -> None:
    """Adds a module after all that it imports: the order in which a browser runs them."""
    if path in above:
        raise NotJoinable(f"{path}: imports itself, by way of {' and '.join(above[above.index(path) + 1 :])}")
    if path not in modules:
        module = Module.read(path, read)
        for source in module.imports:
            _add(source, read, modules, [*above, path])
        modules[path] = module


def _sheet(path: str, read: Read, seen: set[str]) -> str:
    """What a sheet names by ``url()`` stays right, as it imports from its own folder alone."""
    if path in seen:
        raise NotJoinable(f"{path}: is imported twice")
    seen.add(path)
    text = _text(path, read)
    _refuse(path, _OTHER_RULE, _SHEET.sub("", text))
    return _SHEET.sub(lambda found: _sheet(_resolved(path, found[1]), read, seen), text)


def _source_map(modules: list[Module]) -> str:
    """Browsers show the files and their lines instead of the piece. Only whole lines are mapped."""
    lines, source, line = [], 0, 0
    for number, module in enumerate(modules):
        count = module.body.count("\n") + 1
        begin = "A" + _vlq(number - source) + _vlq(-line) + "A"
        lines += ["", begin, *["AACA"] * (count - 1), "", ""]
        source, line = number, count - 1
    sources = [f"/static/{module.path}" for module in modules]
    return json.dumps({"version": 3, "sources": sources, "names": [], "mappings": ";".join(lines)})


def _vlq(number: int) -> str:
    """A number as source maps write it: groups of five bits, the lowest first, the sign in the lowest bit."""
    left = abs(number) << 1 | (number < 0)
    digits = ""
    while True:
        left, digit = left >> 5, left & 31
        digits += _BASE64[digit | (32 if left else 0)]
        if not left:
            return digits


def _name(path: str) -> str:
    """``js/lib/dom.js`` is called ``lib$dom``; our own names have no such sign."""
    return path.removeprefix("js/").removesuffix(".js").replace("/", "$")


def _resolved(path: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def _text(path: str, read: Read) -> str:
    try:
        return read(path).rstrip("\n")
    except KeyError:
        raise NotJoinable(f"{path}: there is no such file") from None


def _refuse(path: str, form: re.Pattern, text: str) -> None:
    if found := form.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise NotJoinable(f"{path}:{line}: this form cannot be joined: {found[0]}")
