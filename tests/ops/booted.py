"""A machine whose first process is systemd, with this installation on it: Debian's ``systemd-nspawn``.

Its disk is this machine's, under a layer in memory that is thrown away at the end; its network is this machine's too.
A Quizzler that this machine has of its own is not on it: neither its data nor its settings nor its units.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil

from quizzler.cli.systemd import installation
from tests.processes import PATIENCE, ROOT

USER = "quizzler"
# The layer; whoever the service runs as may enter the folders of the installation; nothing of another installation;
# the units, by their own verb.
PREPARE = """
set -e
mount -t tmpfs tmpfs "$LAYER"
mkdir "$LAYER/upper" "$LAYER/work" "$LAYER/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$LAYER/upper,workdir=$LAYER/work" "$LAYER/root"
cd "$LAYER/root"
for folder in $FOLDERS; do
  mkdir -p "./$folder"
  while [ "$folder" != / ]; do chmod o+x "./$folder"; folder=$(dirname "$folder"); done
done
rm -rf var/lib/quizzler etc/quizzler etc/systemd/system/quizzler.* etc/systemd/system/*.wants/quizzler.*
mkdir -p etc/quizzler etc/systemd/system/quizzler.service.d
echo "$SETTINGS" > etc/quizzler/quizzler.env
echo "$DROP_IN" > etc/systemd/system/quizzler.service.d/test.conf
echo "$TARGET" > etc/systemd/system/evening.target
id "$ACCOUNT" > /dev/null 2>&1 || useradd --root "$PWD" --system --home-dir /var/lib/quizzler "$ACCOUNT"
"$PYTHON" -m quizzler systemd --write --directory etc/systemd/system --user "$ACCOUNT" --host 127.0.0.1 --port "$PORT"
exec systemd-nspawn --quiet --register=no --keep-unit --boot --directory="$PWD" $BINDS -- \
  --unit=evening.target --show-status=no
"""
TARGET = """[Unit]
Requires=sysinit.target quizzler.socket
Wants=quizzler.service
"""


def can_boot() -> bool:
    """As root, and not in a container that may not mount anything."""
    if os.geteuid() != 0 or shutil.which("systemd-nspawn") is None:
        return False
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


class Machine:
    """Booted with the service on that port. ``settings`` are lines of its settings file, ``drop_in`` of its unit."""

    def __init__(self, folder: Path, port: int, *, settings: str = "", drop_in: str = ""):
        folders = [str(each) for each in {*installation(), ROOT}]
        self._log = (folder / "log").open("w+")
        layer = folder / "layer"
        layer.mkdir()
        environ = {
            "LAYER": str(layer), "FOLDERS": " ".join(folders), "BINDS": " ".join(f"--bind-ro={each}" for each in folders),
            "SETTINGS": settings, "DROP_IN": drop_in, "TARGET": TARGET, "ACCOUNT": USER, "PORT": str(port),
            "PYTHON": sys.executable, "PATH": os.environ["PATH"] + ":/usr/sbin", "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        self._process = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", PREPARE],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT, env=environ,
        )  # fmt: skip

    def log(self) -> str:
        self._log.seek(0)
        return self._log.read()

    def run(self, *command: str) -> str:
        """On that machine; its output."""
        [first] = psutil.Process(self._process.pid).children()
        inside = ["nsenter", "--target", str(first.pid), "--all", *command]
        done = subprocess.run(inside, capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def service(self, *names: str) -> dict[str, str]:
        """Properties of the unit, as systemd has them."""
        wanted = ",".join(names)
        lines = self.run("systemctl", "show", "quizzler.service", f"--property={wanted}").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def stop(self) -> None:
        self._process.terminate()  # powers it off
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
