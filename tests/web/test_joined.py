"""Modules and stylesheets in one piece: every one of ours can be joined, and nothing else is."""

import json
import re

import pytest

from quizzler.web.assets import folder
from quizzler.web.joined import NotJoinable, script, stylesheet

STATIC = folder("static")
MODULES = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.glob("js/**/*.js"))
SHEETS = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.glob("css/*.css"))
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def ours(path: str) -> str:
    return (STATIC / path).read_text(encoding="utf-8")


def joined(files: dict[str, str], path: str = "js/page.js") -> str:
    return script(path, files.__getitem__)[0]


@pytest.mark.parametrize("path", MODULES)
def test_every_module_can_be_joined_and_has_each_other_once(path):
    text, _ = script(path, ours)
    names = re.findall(r"^const ([\w$]+) = \(\(\) => \{$", text, re.M)
    assert len(names) == len(set(names)) and names[-1] == path[3:-3].replace("/", "$")
    for name in names:
        for line in ours(f"js/{name.replace('$', '/')}.js").splitlines():
            assert line.removeprefix("export ") in text or line.startswith(("import", "}")), line


@pytest.mark.parametrize("path", SHEETS)
def test_every_stylesheet_can_be_joined(path):
    text = stylesheet(path, ours)
    assert "@import" not in text
    for sheet in re.findall(r'@import "(.+?)"', ours(path)):
        assert stylesheet(f"css/{sheet}", ours) in text


def test_a_phone_has_all_styles_once_in_their_order():
    text = stylesheet("css/phone.css", ours)
    places = [text.index(ours(f"css/{name}.css").rstrip()) for name in ("tokens", "site", "join", "play", "answers")]
    assert places == sorted(places)
    assert text.count(":root {") == 1


def test_modules_come_after_those_they_import():
    text = joined(
        {
            "js/page.js": 'import { a } from "./lib/a.js";\nimport { b as c } from "./lib/b.js";\n\nc(a);\n',
            "js/lib/a.js": 'import { b } from "./b.js";\n\nexport const a = b();\n',
            "js/lib/b.js": "export function b() {}\nexport class D {}\nexport async function e() {}\nconst f = 1;\n",
        }
    )
    assert text == (
        "const lib$b = (() => {\nfunction b() {}\nclass D {}\nasync function e() {}\nconst f = 1;\n"
        "return { b, D, e };\n})();\n"
        "const lib$a = (() => {\nconst { b } = lib$b;\n\nconst a = b();\nreturn { a };\n})();\n"
        "const page = (() => {\nconst { a } = lib$a;\nconst { b: c } = lib$b;\n\nc(a);\nreturn {  };\n})();\n"
        "//# sourceMappingURL=page.js.map\n"
    )


@pytest.mark.parametrize(
    "line",
    [
        'import a from "./a.js";',
        'import * as a from "./a.js";',
        'import "./a.js";',
        'import { a } from "a";',
        'import { a } from "https://example.org/a.js";',
        'import { a } from "./a.js"; a();',
        'const a = await import("./a.js");',
        "const here = import.meta.url;",
        "export default 1;",
        "export let a = 1;",
        "export var a = 1;",
        "export { a };",
        "export function* a() {}",
        "export const { a } = b;",
        'export * from "./a.js";',
    ],
)
def test_other_forms_are_refused_with_their_line(line):
    with pytest.raises(NotJoinable, match=r"^js/page\.js:3: this form cannot be joined: (im|ex)port"):
        joined({"js/page.js": f"// A page.\n\n{line}\n", "js/a.js": "export const a = 1;\n"})


def test_what_is_not_exported_is_refused():
    files = {"js/page.js": 'import { a, b } from "./a.js";\n', "js/a.js": "export const a = 1,\n  b = 2;\n"}
    with pytest.raises(NotJoinable, match=r"js/page\.js: js/a\.js does not export b"):
        joined(files)


def test_cycles_are_refused():
    files = {
        "js/page.js": 'import { a } from "./a.js";\nexport const p = 1;\n',
        "js/a.js": 'import { p } from "./page.js";\nexport const a = 1;\n',
    }
    with pytest.raises(NotJoinable, match=r"js/page\.js: imports itself, by way of js/a\.js"):
        joined(files)


def test_missing_files_and_those_outside_are_refused():
    for target in ("./none.js", "../css/none.js", "../../../etc/passwd.js"):
        with pytest.raises(NotJoinable):
            joined({"js/page.js": f'import {{ a }} from "{target}";\n'})


@pytest.mark.parametrize("rule", ['@import url("a.css");', '@import "a.css" print;', '@import "../a.css";', "@charset"])
def test_other_rules_are_refused(rule):
    with pytest.raises(NotJoinable, match=r"^css/page\.css:1: "):
        stylesheet("css/page.css", {"css/page.css": f"{rule}\n", "css/a.css": ""}.__getitem__)


def test_sheet_that_is_imported_twice_is_refused():
    files = {"css/page.css": '@import "a.css";\n@import "b.css";', "css/a.css": '@import "b.css";', "css/b.css": ""}
    with pytest.raises(NotJoinable, match="css/b.css: is imported twice"):
        stylesheet("css/page.css", files.__getitem__)


@pytest.mark.parametrize("path", ["js/pages/phone.js", "js/host/page.js", "js/lib/dom.js"])
def test_source_map_leads_to_the_lines_of_the_files(path):
    text, source_map = script(path, ours)
    mapped = json.loads(source_map)
    source = line = seen = 0
    for written, segment in zip(text.splitlines(), mapped["mappings"].split(";")):
        if not segment:
            continue
        _, more_sources, more_lines, _ = vlq(segment)
        source, line, seen = source + more_sources, line + more_lines, seen + 1
        original = ours(mapped["sources"][source].removeprefix("/static/")).splitlines()[line]
        assert written == original.removeprefix("export ") or original.startswith(("import ", "} from "))
    assert seen == sum(ours(name.removeprefix("/static/")).count("\n") for name in mapped["sources"])


def vlq(segment: str) -> list[int]:
    numbers, value, shift = [], 0, 0
    for digit in map(BASE64.index, segment):
        value |= (digit & 31) << shift
        shift += 5
        if digit < 32:
            numbers.append(-(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    return numbers
