"""Imports go one way, the rules are pure, and SQL lives in one place."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "quizzler"

# A room may import from those before it, never from those behind.
ORDER = ["errors", "game", "formats", "config", "security", "store", "rooms", "ops", "web", "app", "loadtest", "cli"]
PURE_ROOMS = ["game", "formats", "errors"]
IMPURE = {
    "aiopg", "asyncio", "bcrypt", "concurrent", "ctypes", "datetime", "http", "importlib", "io", "jwt", "logging",
    "multiprocessing", "os", "pathlib", "psutil", "psycopg2", "random", "secrets", "select", "shutil", "signal",
    "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "tornado", "urllib", "uuid",
}  # fmt: skip
IMPURE_CALLS = {"open", "print", "input", "exec", "eval", "__import__"}
SQL = re.compile(
    r"^\s*(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE|WITH\s+\w+\s+AS)\b", re.S
)

MODULES = sorted(path for path in PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Full names of what a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path):
    if room(path) in ("__init__", "__main__"):
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "quizzler" and len(parts) > 1 and parts[1] != "__version__":
            assert ORDER.index(parts[1]) <= ORDER.index(room(path)), f"{path} imports {name}"


@pytest.mark.parametrize("path", [p for p in MODULES if room(p) in PURE_ROOMS], ids=lambda path: path.name)
def test_the_rules_are_pure(path):
    for name in imports(path):
        assert name.split(".")[0] not in IMPURE, f"{path} imports {name}"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in IMPURE_CALLS, f"{path} calls {node.func.id}"
        assert not isinstance(node, (ast.Global, ast.Await, ast.AsyncFunctionDef)), f"{path}:{node.lineno}"


def test_every_room_has_its_place():
    rooms = {room(path) for path in MODULES} - {"__init__", "__main__"}
    assert rooms == set(ORDER)


def test_sql_lives_in_store_alone():
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value):
                assert room(path) == "store", f"{path}:{node.lineno} speaks SQL"


def test_the_test_of_sql_would_notice():
    assert SQL.search("SELECT id FROM users") and SQL.search("\n  INSERT INTO users (id) VALUES (1)")
    assert not SQL.search("Select a quiz from the list")
