"""The tokens of signed-in users: JSON Web Tokens (RFC 7519), signed with HMAC-SHA256 and nothing else."""

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import jwt

from quizzler.errors import Unauthenticated

ALGORITHM = "HS256"
NOT_VALID = "Your sign-in is not valid any more. Please sign in again"


@dataclass(frozen=True)
class Claims:
    """What a token says: whose it is, its own id (by which it can be revoked), and until when."""

    user_id: str
    token_id: str
    expires_at: datetime


class Tokens:
    """``secret`` has 32 bytes or more; ``lifetime`` is in seconds."""

    def __init__(self, secret: str, lifetime: float):
        self._secret = secret
        self._lifetime = lifetime

    def issue(self, user_id: str) -> str:
        now = int(time.time())
        claims = {"sub": user_id, "jti": secrets.token_urlsafe(16), "iat": now, "exp": now + int(self._lifetime)}
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM)

    def read(self, token: str) -> Claims:
        """Raises ``Unauthenticated`` for anything but a token of ours that has not expired."""
        try:
            claims = jwt.decode(
                token, self._secret, algorithms=[ALGORITHM], options={"require": ["sub", "jti", "exp", "iat"]}
            )
            return Claims(claims["sub"], claims["jti"], datetime.fromtimestamp(claims["exp"], UTC))
        except (jwt.InvalidTokenError, ValueError, OverflowError):
            raise Unauthenticated(NOT_VALID) from None


def strip_bearer(value: str) -> str:
    """The token in ``Bearer <token>`` or ``<token>``."""
    scheme, _, rest = value.strip().partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else value.strip()
