"""A real nginx and a real Caddy, each with the configuration that ``quizzler proxy`` prints, on free ports."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from tornado.testing import bind_unused_port

from quizzler.ops.reverse_proxy import configuration
from tests.certificates import Authority
from tests.processes import PATIENCE

DOMAIN = "localhost"
NGINX = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/quizzler.conf;
}}
"""


class Proxy:
    """``url`` is where people come; ``plain_url`` is the same without TLS."""

    def __init__(self, folder: Path, authority: Authority):
        self.folder = folder
        self.authority = authority
        self._http, self._https = free_port(), free_port()
        self.url = f"https://{DOMAIN}:{self._https}"
        self.plain_url = f"http://{DOMAIN}:{self._http}"

    def start(self, port: int) -> None:
        """In front of the server on that port."""
        command = self.prepare(port)
        with open(self.folder / "output.log", "w") as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env={**os.environ, "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder)},
            )  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        while not self._listens():
            assert self.process.poll() is None and time.monotonic() < deadline, self.logs()
            time.sleep(0.02)

    def prepare(self, port: int) -> list[str]:
        raise NotImplementedError

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)

    def logs(self) -> str:
        return "".join(path.read_text(errors="replace") for path in self.folder.glob("*.log"))

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._https), timeout=1).close()
        except OSError:
            return False
        return True


class Nginx(Proxy):
    def prepare(self, port: int) -> list[str]:
        text = filled_in(
            configuration("nginx", DOMAIN, port),
            {
                "    listen 80;\n    listen [::]:80;\n": f"    listen 127.0.0.1:{self._http};\n",
                "    listen 443 ssl backlog=4096;\n    listen [::]:443 ssl backlog=4096;\n":
                    f"    listen 127.0.0.1:{self._https} ssl backlog=4096;\n",
                f"/etc/letsencrypt/live/{DOMAIN}/fullchain.pem": str(self.authority.certificate),
                f"/etc/letsencrypt/live/{DOMAIN}/privkey.pem": str(self.authority.key),
                "/var/log/nginx/": f"{self.folder}/",
            },
        )  # fmt: skip
        (self.folder / "quizzler.conf").write_text(text)
        user = "user root;" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(NGINX.format(folder=self.folder, user=user))
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        return [program, "-c", str(self.folder / "nginx.conf"), "-p", str(self.folder), "-e", "error.log"]

    def reload(self) -> None:
        """Returns once another worker has taken over."""
        before = self._workers()
        self.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + PATIENCE
        while not self._workers() - before:
            assert time.monotonic() < deadline, self.logs()
            time.sleep(0.02)

    def _workers(self) -> set[str]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return set(children.read_text().split())


class Caddy(Proxy):
    def prepare(self, port: int) -> list[str]:
        ports = f"\tadmin off\n\tskip_install_trust\n\thttp_port {self._http}\n\thttps_port {self._https}\n"
        own = f"\tbind 127.0.0.1\n\ttls {self.authority.certificate} {self.authority.key}\n"
        text = filled_in(
            configuration("caddy", DOMAIN, port),
            {"\n{\n": "\n{\n" + ports, f"\n{DOMAIN} {{\n": f"\n{DOMAIN} {{\n{own}"},
        )
        (self.folder / "Caddyfile").write_text(text)
        return ["caddy", "run", "--config", str(self.folder / "Caddyfile"), "--adapter", "caddyfile"]


KINDS = {"nginx": Nginx, "caddy": Caddy}


def filled_in(text: str, changes: dict[str, str]) -> str:
    for before, after in changes.items():
        assert before in text, f"{before!r} is not in the configuration any more"
        text = text.replace(before, after)
    return text


def free_port() -> int:
    listening, port = bind_unused_port()
    listening.close()
    return port
