"""The tokens of signed-in users.

An access token goes with every request: a JSON Web Token (RFC 7519), signed with HMAC-SHA256 and nothing else. A
refresh token is shown once, for the next pair. To whoever has it it is 64 random characters; to the server it is the
id of a sign-in and 32 bytes of which only a fingerprint is stored.
"""

import base64
import hashlib
import hmac
import secrets
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import jwt

from quizzler.errors import Unauthenticated

ALGORITHM = "HS256"
NOT_VALID = "Your sign-in is not valid any more. Please sign in again"
# Bytes of a refresh token: who is signed in, and the proof of it.
_ID_BYTES, _PROOF_BYTES = 16, 32
REFRESH_CHARACTERS = 64
# So that neither a fingerprint nor a successor is ever a signature of something else.
_FINGERPRINT, _SUCCESSOR = b"fingerprint of a refresh token\0", b"successor of a refresh token\0"


@dataclass(frozen=True)
class Claims:
    """What an access token says: whose it is, its own id, since when and until when; and the sign-in that it belongs
    to, which is None in tokens from before there were sign-ins."""

    user_id: str
    token_id: str
    issued_at: datetime
    expires_at: datetime
    sign_in_id: str | None = None

    @property
    def signed_out_by(self) -> str:
        """What is signed out as one: all tokens of a sign-in, or a token that has none."""
        return self.sign_in_id or self.token_id


@dataclass(frozen=True)
class RefreshToken:
    """``text`` is what its owner has; it is never stored."""

    text: str
    sign_in_id: str
    fingerprint: bytes


class Tokens:
    """``secret`` has 32 bytes or more; ``lifetime`` of an access token is in seconds."""

    def __init__(self, secret: str, lifetime: float):
        self._secret = secret
        self.lifetime = lifetime

    def issue(self, user_id: str, *, sign_in_id: str | None = None, lifetime: float | None = None) -> str:
        """An access token. ``lifetime`` where it is to be shorter than usual."""
        now = int(time.time())
        ends = now + int(self.lifetime if lifetime is None else min(lifetime, self.lifetime))
        claims = {"sub": user_id, "jti": secrets.token_urlsafe(16), "iat": now, "exp": ends}
        if sign_in_id is not None:
            claims["sid"] = sign_in_id
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM)

    def read(self, token: str) -> Claims:
        """Raises ``Unauthenticated`` for anything but a token of ours that has not expired."""
        try:
            claims = jwt.decode(
                token, self._secret, algorithms=[ALGORITHM], options={"require": ["sub", "jti", "exp", "iat"]}
            )
            issued_at, expires_at = (datetime.fromtimestamp(claims[name], UTC) for name in ("iat", "exp"))
            return Claims(claims["sub"], claims["jti"], issued_at, expires_at, claims.get("sid"))
        except (jwt.InvalidTokenError, ValueError, OverflowError):
            raise Unauthenticated(NOT_VALID) from None

    def new_refresh_token(self) -> RefreshToken:
        """The first of a new sign-in."""
        return self._refresh_token(uuid.uuid4().bytes, secrets.token_bytes(_PROOF_BYTES))

    def refresh_token(self, text: str) -> RefreshToken:
        """Raises ``Unauthenticated`` for what cannot be one; whether it is a valid one is for the store to say."""
        try:
            raw = base64.urlsafe_b64decode(text.encode("ascii"))
        except ValueError:
            raise Unauthenticated(NOT_VALID) from None
        if len(raw) != _ID_BYTES + _PROOF_BYTES:
            raise Unauthenticated(NOT_VALID)
        token = self._refresh_token(raw[:_ID_BYTES], raw[_ID_BYTES:])
        if token.text != text:  # what is no base64 is passed over above
            raise Unauthenticated(NOT_VALID)
        return token

    def successor(self, token: RefreshToken) -> RefreshToken:
        """The one that follows. It is made from the one before, so that two tabs which show this at the same moment
        get the same; without the server's secret nobody can make it."""
        raw = base64.urlsafe_b64decode(token.text)
        return self._refresh_token(raw[:_ID_BYTES], self._mac(_SUCCESSOR, raw))

    def _refresh_token(self, sign_in_id: bytes, proof: bytes) -> RefreshToken:
        raw = sign_in_id + proof
        text = base64.urlsafe_b64encode(raw).decode()
        return RefreshToken(text, str(uuid.UUID(bytes=sign_in_id)), self._mac(_FINGERPRINT, raw))

    def _mac(self, purpose: bytes, raw: bytes) -> bytes:
        return hmac.digest(self._secret.encode(), purpose + raw, hashlib.sha256)


def strip_bearer(value: str) -> str:
    """The token in ``Bearer <token>`` or ``<token>``."""
    scheme, _, rest = value.strip().partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else value.strip()
