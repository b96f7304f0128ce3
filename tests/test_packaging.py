"""What is shipped is whole: a wheel built from the sdist, in an environment of its own, started from /."""

import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from pathlib import Path

import pytest

from quizzler.web.assets import folder
from tests.processes import PATIENCE, ROOT, ServerProcess

PAGES = [
    "/", "/join", "/sign-in", "/sign-up", "/explore", "/library", "/library/new", "/host/new", "/play/CODE", "/games",
    "/quiz/any", "/quiz/any/take", "/quiz/any/result", "/leaderboard", "/profile", "/admin", "/docs", "/docs/live",
]  # fmt: skip


def run(*command: object, cwd: Path | None = None) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """A clean copy of what is in version control, or would be."""
    copy = tmp_path_factory.mktemp("source")
    # Whoever runs the tests need not be who owns the checkout.
    git = ["git", "-c", f"safe.directory={ROOT}"]
    for name in run(*git, "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT).splitlines():
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    return copy


@pytest.fixture(scope="module")
def wheel(source) -> Path:
    run(sys.executable, "-m", "build", "--outdir", source / "dist", source)
    [wheel] = (source / "dist").glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The folder of the programs of an environment in which only the wheel was installed."""
    environment = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", environment)
    run(environment / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", wheel)
    return environment / "bin"


def test_sdist_and_wheel_have_every_file(source, wheel):
    [sdist] = (source / "dist").glob("*.tar.gz")
    in_sdist = {"/".join(name.split("/")[1:]) for name in tarfile.open(sdist).getnames()}
    in_wheel = set(zipfile.ZipFile(wheel).namelist())
    for top, inside in (("quizzler", "quizzler"), ("templates", "quizzler/templates"), ("static", "quizzler/static")):
        for path in (source / top).rglob("*"):
            if path.is_file() and "egg-info" not in str(path):
                name = path.relative_to(source / top).as_posix()
                assert f"{top}/{name}" in in_sdist
                assert f"{inside}/{name}" in in_wheel


def test_installed_server_serves_every_page(installed, data_dir):
    command = [str(installed / "quizzler")]
    server = ServerProcess("--data-dir", str(data_dir / "wheel"), command=command, cwd=Path("/"), PYTHONPATH="")
    try:
        for path in PAGES:
            with urllib.request.urlopen(server.url + path, timeout=PATIENCE) as response:
                page = response.read().decode()
            assert "<!doctype html>" in page.lower(), path
            for address in assets(page):
                with urllib.request.urlopen(server.url + address, timeout=PATIENCE) as response:
                    assert response.status == 200 and response.read(), address
    finally:
        assert server.stop() == 0
    assert server.errors() == ""


def assets(page: str) -> set[str]:
    return {part.split('"')[0] for part in page.split('="')[1:] if part.startswith("/static/")}


def test_pages_are_found_in_a_checkout():
    assert folder("templates") == ROOT / "templates"
