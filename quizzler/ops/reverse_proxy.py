"""Configurations of web servers that stand before this one, with somebody's own names filled in.

The files in ``proxies/`` are whole: they are for ``quiz.example.org`` and a server on port 8000 of the same machine.
"""

from pathlib import Path

FILES = {"nginx": "nginx.conf", "caddy": "Caddyfile"}
_DOMAIN, _PORT = "quiz.example.org", "8000"


def configuration(kind: str, domain: str, port: int) -> str:
    """For ``nginx`` or ``caddy``; ``port`` is the one that this server listens to."""
    text = (Path(__file__).parent / "proxies" / FILES[kind]).read_text(encoding="utf-8")
    for before in ("127.0.0.1:", "PORT=", "--port "):
        text = text.replace(f"{before}{_PORT}", f"{before}{port}")
    return text.replace(_DOMAIN, domain)
