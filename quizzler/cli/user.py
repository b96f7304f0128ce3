"""``quizzler user promote|demote|password|list``: who is an admin, and another password for whoever has forgotten theirs.
It works while the server is running, too."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from getpass import getpass

from quizzler.cli import common
from quizzler.config import Settings
from quizzler.errors import Invalid, NotFound
from quizzler.game.questions import unstorable
from quizzler.ops.terminal import printable
from quizzler.security.passwords import Passwords
from quizzler.store import admin, sign_ins, users
from quizzler.store.migrate import migrate
from quizzler.store.pool import Database, connect
from quizzler.web.auth import read_password

PAGE = 1000

Work = Callable[[Database, Settings, argparse.Namespace], Awaitable[None]]


def add(verbs: argparse._SubParsersAction) -> None:
    parser = verbs.add_parser("user", help="make somebody an admin, give a new password, or list the accounts")
    actions = parser.add_subparsers(dest="action", metavar="action", required=True)
    for name, work, words in (
        ("promote", promote, "make the account with that address an admin"),
        ("demote", demote, "make the account with that address an ordinary one"),
        ("password", set_password, "give the account with that address the password that you type, or pipe in"),
        ("list", show, "list all accounts, the newest first"),
    ):
        action = actions.add_parser(name, help=words, description=words)
        if work is not show:
            action.add_argument("email")
        common.add_settings(action)
        action.set_defaults(run=run, work=work)


def run(given: argparse.Namespace) -> int:
    settings = common.settings(given)
    with common.postgres(settings, shared=True) as postgres:
        asyncio.run(_work(postgres.url, settings, given))
    return 0


async def promote(database: Database, settings: Settings, given: argparse.Namespace) -> None:
    email = await _set_admin(database, given.email, True)
    print(f"{email} is an admin now")


async def demote(database: Database, settings: Settings, given: argparse.Namespace) -> None:
    email = await _set_admin(database, given.email, False)
    print(f"{email} is {'still an admin, by ADMIN_EMAILS' if email in settings.admin_emails else 'no admin any more'}")


async def set_password(database: Database, settings: Settings, given: argparse.Namespace) -> None:
    email = _address(given.email)
    if unstorable(email) or await users.by_email(database, email) is None:
        raise _nobody(given.email)
    passwords = Passwords(settings.bcrypt_cost)
    if not await sign_ins.reset_password(database, email, await passwords.hash(read_password(_typed(email)))):
        raise _nobody(given.email)
    print(f"{email} has a new password, and is signed out everywhere")


async def show(database: Database, settings: Settings, given: argparse.Namespace) -> None:
    cursor, first = None, True
    while first or cursor is not None:
        first = False
        page, cursor = await admin.users(database, PAGE, cursor)
        for user in page:
            is_admin = user["is_admin"] or user["email"] in settings.admin_emails
            who = printable(f"{user['email']}  {user['name']}")
            print(f"{user['created_at']:%Y-%m-%d}  {'admin' if is_admin else '-':5}  {who}")


async def _work(url: str, settings: Settings, given: argparse.Namespace) -> None:
    database = await connect(url, size=2)
    try:
        await migrate(database)
        work: Work = given.work
        await work(database, settings, given)
    finally:
        await database.close()


async def _set_admin(database: Database, email: str, is_admin: bool) -> str:
    """The address as it is stored. Raises ``NotFound``, and ``Invalid`` where none is given."""
    address = _address(email)
    user = None if unstorable(address) else await admin.set_admin(database, address, is_admin)
    if user is None:
        raise _nobody(email)
    return user["email"]


def _address(email: str) -> str:
    """Raises ``Invalid`` where none is given."""
    address = email.strip().lower()
    if not address:
        raise Invalid("Whose account? Give its email address, like ann@example.org")
    return address


def _nobody(email: str) -> NotFound:
    return NotFound(f"There is no account with the address {printable(email)}")


def _typed(email: str) -> str:
    """Never an argument: every user of the machine can read those. Raises ``Invalid``."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass(f"New password of {printable(email)}: ")
    if getpass("Once more: ") != password:
        raise Invalid("These are two different passwords: nothing was changed")
    return password
