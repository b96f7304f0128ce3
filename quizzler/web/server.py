"""Tornado's server, with what it lacks for https in the open."""

import asyncio
import logging
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream, SSLIOStream

from quizzler.ops.files import connections_allowed
from quizzler.security.certificates import Certificate

HANDSHAKE_SECONDS = 20.0
"""Until a connection that has not shaken hands is closed."""


class Server(HTTPServer):
    """Speaks https where there is a certificate."""

    def initialize(self, *arguments: Any, certificate: Certificate | None = None, **options: Any) -> None:
        super().initialize(*arguments, ssl_options=certificate and certificate.context, **options)
        self.certificate = certificate
        self._unknown: set[SSLIOStream] = set()

    def renew(self) -> None:
        """Whoever comes from now on gets the certificate of today's files."""
        if self.certificate is not None and self.certificate.renew():
            self.ssl_options = self.certificate.context

    def handle_stream(self, stream: IOStream, address: tuple) -> Any:
        if isinstance(stream, SSLIOStream):
            # It listens by itself then; else the front has seen to it that there are descriptors left.
            if stream.fileno().fileno() >= connections_allowed():
                return stream.close()
            return self._shake_hands(stream, address)
        return super().handle_stream(stream, address)

    async def close_all_connections(self) -> None:
        for stream in list(self._unknown):
            stream.close()
        await super().close_all_connections()

    async def _shake_hands(self, stream: SSLIOStream, address: tuple) -> None:
        self._unknown.add(stream)
        try:
            await asyncio.wait_for(stream.wait_for_handshake(), HANDSHAKE_SECONDS)
        except OSError:  # a timeout, TLS errors and Tornado's closed streams are among them
            stream.close()
            return
        finally:
            self._unknown.discard(stream)
        super().handle_stream(stream, address)


def worth_a_line(record: logging.LogRecord) -> bool:
    """A filter for Tornado's log. Whoever speaks no TLS to an https port, as scanners do all day, gets a warning each
    time otherwise."""
    return not str(record.msg).startswith("SSL Error on")
