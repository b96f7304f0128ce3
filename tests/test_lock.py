"""The lock file for deployments names all that setup.py asks for, each by its hashes."""

import ast
import re
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / ".ci" / "requirements.lock").read_text()
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def locked() -> dict[str, tuple[Requirement, list[str]]]:
    """By name: the requirement, and what follows it on its line."""
    lines = [line for line in LOCK.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]
    found = {}
    for line in lines:
        requirement, *hashes = re.split(r"\s+(?=--)", line.strip())
        parsed = Requirement(requirement)
        found[canonicalize_name(parsed.name)] = parsed, hashes
    return found


def wanted() -> list[Requirement]:
    """What setup.py asks for; on no platform more."""
    tree = ast.parse((ROOT / "setup.py").read_text(encoding="utf-8"))
    keywords = [each for each in ast.walk(tree) if isinstance(each, ast.keyword)]
    [listed] = [each.value for each in keywords if each.arg == "install_requires"]
    constants = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }
    words = [each.value for each in listed.elts if isinstance(each, ast.Constant)]
    return [Requirement(each) for each in (*words, constants["EMBEDDED"])]


def test_every_line_is_one_version_with_hashes():
    assert len(locked()) > 15
    for name, (requirement, hashes) in locked().items():
        [version] = requirement.specifier
        assert version.operator == "==" and "*" not in version.version, name
        assert hashes and all(HASH.fullmatch(each) for each in hashes), name


def test_all_that_setup_py_asks_for_is_in_it_in_a_version_that_will_do():
    versions = locked()
    assert len(wanted()) > 10
    for asked in wanted():
        assert canonicalize_name(asked.name) in versions, f"{asked.name} is new: .ci/lock makes the lock file anew"
        [version] = versions[canonicalize_name(asked.name)][0].specifier
        assert asked.specifier.contains(version.version), f"{asked.name}: .ci/lock makes the lock file anew"


def test_all_that_these_ask_for_is_in_it_and_nothing_else():
    versions = locked()
    reached: set[str] = set()
    left = wanted()
    while left:
        asked = left.pop()
        name = canonicalize_name(asked.name)
        if name in reached or (asked.marker and not asked.marker.evaluate({"extra": ""})):
            continue
        reached.add(name)
        assert name in versions, name
        left += map(Requirement, metadata.requires(name) or ())
    assert reached == set(versions)
