"""https by the server itself: the certificate of the settings, and its renewal."""

import logging
import ssl
from pathlib import Path

from quizzler.config import Settings
from quizzler.errors import StartupError

log = logging.getLogger(__name__)

# OpenSSL's reasons for not taking a certificate (X509_V_ERR_*).
_NOT_YET, _EXPIRED = 9, 10


class Certificate:
    """``context`` is for new connections. Raises ``StartupError`` where it cannot be used."""

    def __init__(self, certificate: Path, key: Path):
        self._certificate = certificate
        self._key = key
        self._seen = self._states()
        self.context = load(certificate, key)

    def renew(self) -> bool:
        """Takes up files that have changed. Where these cannot be used the old ones stay, and the log says why.

        There is a new context rather than new files in the old one, which would lose its key at the first file that
        does not fit. Connections keep the one that they began with.
        """
        seen = self._states()
        if seen == self._seen:
            return False
        self._seen = seen
        try:
            self.context = load(self._certificate, self._key)
        except StartupError as error:
            log.error("The certificate of before stays: %s", error.sentence)
            return False
        log.info("The certificate in %s was renewed", self._certificate)
        return True

    def _states(self) -> list[tuple[int, int] | None]:
        return [_state(path) for path in (self._certificate, self._key)]


def given(settings: Settings) -> Certificate | None:
    """The one of the settings. Raises ``StartupError``."""
    certificate, key = settings.tls_certificate, settings.tls_key
    if certificate and key:
        return Certificate(certificate, key)
    if certificate or key:
        missing = "TLS_KEY" if certificate else "TLS_CERTIFICATE"
        raise StartupError(f"{missing} is missing: https takes a certificate and its key")
    return None


def load(certificate: Path, key: Path) -> ssl.SSLContext:
    """For TLS 1.2 and later. Raises ``StartupError`` with what is wrong with the files."""
    _text("TLS_CERTIFICATE", certificate, "CERTIFICATE")
    if "ENCRYPTED" in _text("TLS_KEY", key, "PRIVATE KEY"):
        raise StartupError(f"TLS_KEY: {key} is protected by a password: a server cannot use it")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        # A password that nobody needs keeps OpenSSL from asking for one at the terminal.
        context.load_cert_chain(certificate, key, password="")
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise StartupError(f"TLS_KEY: {key} is not the key of the certificate in {certificate}") from None
        raise StartupError(f"TLS_KEY: {key} and {certificate} do not work: one of the files is damaged") from None
    _shake_hands(context, certificate)
    return context


def _text(name: str, path: Path, what: str) -> str:
    try:
        text = path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise StartupError(f"{name}: {path} cannot be read: {error.strerror}") from None
    if f"{what}-----" not in text:
        raise StartupError(f"{name}: {path} is no PEM file with a {what.lower()}")
    return text


def _shake_hands(context: ssl.SSLContext, certificate: Path) -> None:
    """With a client that trusts this certificate alone, in memory: what it refuses, browsers would."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        client.load_verify_locations(certificate)
        theirs = client.wrap_bio(to_client, to_server)
        ours = context.wrap_bio(to_server, to_client, server_side=True)
        for side in (theirs, ours, theirs, ours):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    except ssl.SSLCertVerificationError as error:
        faults = {_EXPIRED: "has expired", _NOT_YET: "is not valid yet: is this machine's clock right?"}
        fault = faults.get(error.verify_code, f"cannot be used: {error.verify_message}")
        raise StartupError(f"TLS_CERTIFICATE: the certificate in {certificate} {fault}") from None
    except ssl.SSLError as error:
        raise StartupError(f"TLS_CERTIFICATE: {certificate} cannot be used: {error.reason}") from None


def _state(path: Path) -> tuple[int, int] | None:
    """Another one once the file was written to, or another file has taken its place."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
