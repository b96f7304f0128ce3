"""The table of attacks says what there is: no row without its test, no test without its row."""

import ast
import re
from pathlib import Path

from tests.attacks.table import TABLE, markdown

HERE = Path(__file__).parent
MODULES = {path.stem.removeprefix("test_"): path for path in HERE.glob("test_*.py") if path != Path(__file__)}
MODULES["browser"] = HERE.parent / "browser" / "test_attacks.py"
# Tests of the tools themselves.
NO_ATTACKS = {"beside.test_a_game_that_is_held_up_is_noticed"}


def written() -> set[str]:
    """All tests that there are, as ``module.function``."""
    return {
        f"{name}.{node.name}"
        for name, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_")
    }


def test_each_attack_has_its_row_and_each_row_its_test():
    listed = [test for attacks in TABLE.values() for attack in attacks for test in attack.tests]
    assert len(listed) == len(set(listed))
    assert set(listed) == written() - NO_ATTACKS


def test_counts_in_the_table_are_right():
    """Where a row says how many there are, it is that many."""
    from tests.attacks.test_content import TRAVERSALS
    from tests.attacks.test_http import AMBIGUOUS

    text = markdown()
    assert re.search(r"smuggling, (\d+) shapes", text)[1] == str(len(AMBIGUOUS))
    assert re.search(r"traversal, (\d+) spellings", text)[1] == str(len(TRAVERSALS))


def test_the_readme_has_it():
    readme = (HERE.parent.parent / "README.md").read_text(encoding="utf-8")
    assert f"<!-- attacks -->\n{markdown().strip()}\n<!-- /attacks -->" in readme
