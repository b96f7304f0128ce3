"""What handlers may ask, and who it is that asks them."""

import uuid
from dataclasses import dataclass, field

from quizzler.config import Settings
from quizzler.errors import Unauthenticated
from quizzler.ops.health import Health
from quizzler.ops.metrics import Metrics
from quizzler.rooms.clock import Clock
from quizzler.rooms.journal import Journal
from quizzler.rooms.registry import Registry
from quizzler.rooms.switchboard import Switchboard
from quizzler.security.guesses import Guesses
from quizzler.security.passwords import Passwords
from quizzler.security.tokens import NOT_VALID, Claims, Tokens, strip_bearer
from quizzler.store import users
from quizzler.store.pool import Database, Row
from quizzler.web.admission import Admission


@dataclass
class Services:
    """Everything a handler may ask; ``app.py`` puts it together."""

    settings: Settings
    database: Database
    tokens: Tokens
    passwords: Passwords
    guesses: Guesses
    journal: Journal
    registry: Registry
    admission: Admission
    switchboard: Switchboard
    clock: Clock
    health: Health
    metrics: Metrics
    instance: str = field(default_factory=lambda: uuid.uuid4().hex)


async def authenticate(services: Services, given: str) -> tuple[Row, Claims]:
    """The user that a token is of, with or without the word Bearer. Raises ``Unauthenticated``."""
    token = strip_bearer(given)
    if not token:
        raise Unauthenticated("Authentication required")
    claims = services.tokens.read(token)
    if not is_uuid(claims.user_id) or not is_uuid(claims.sign_in_id or claims.user_id):
        raise Unauthenticated(NOT_VALID)
    user = await users.by_token(services.database, claims)
    if user is None:
        raise Unauthenticated(NOT_VALID)
    if user["email"] in services.settings.admin_emails:
        user["is_admin"] = True
    return user, claims


def charge(services: Services, given: str, address: str) -> None:
    """One request: of the user whose token that is, or else of the address. Raises ``LimitReached``."""
    services.admission.request(address, holder_of(services, given))


def holder_of(services: Services, given: str) -> str | None:
    """The id of the user that a token was issued to, whether or not it was signed out since; None for what is no
    token of ours."""
    try:
        return services.tokens.read(strip_bearer(given)).user_id
    except Unauthenticated:
        return None


def is_uuid(text: str) -> bool:
    """In the one form that this API gives out ids in."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
