"""Certificates of an authority that only the tests trust."""

import datetime as dt
import ssl
from pathlib import Path

import trustme

NAMES = ("quiz.test", "localhost", "127.0.0.1")


class Authority:
    """Writes certificates for ``NAMES`` into ``folder``: ``certificate.pem`` and ``key.pem``."""

    def __init__(self, folder: Path):
        self._ca = trustme.CA()
        self.certificate = folder / "certificate.pem"
        self.key = folder / "key.pem"

    def issue(self, *, begin: dt.timedelta = dt.timedelta(-9), end: dt.timedelta = dt.timedelta(2)) -> bytes:
        """One that is valid from now + ``begin`` to now + ``end``, in DER."""
        now = dt.datetime.now(dt.UTC)
        made = self._ca.issue_cert(*NAMES, not_before=now + begin, not_after=now + end)
        self.certificate.write_bytes(b"".join(each.bytes() for each in made.cert_chain_pems))
        self.key.write_bytes(made.private_key_pem.bytes())
        return ssl.PEM_cert_to_DER_cert(made.cert_chain_pems[0].bytes().decode())

    @property
    def trusting(self) -> ssl.SSLContext:
        """For clients."""
        context = ssl.create_default_context()
        self._ca.configure_trust(context)
        return context
