"""`micropools users`: the first administrator, and whoever cannot be helped through the API."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from accounts import leaving, letters
from accounts.passwords import check, passwords
from api.fields import Email
from cli.console import fail, print_json, use_product
from core.digest import new_secret
from core.errors import Conflict, Invalid
from core.settings import settings
from notifications.wake import ring_streams
from records.database import Session, session
from records.models import Role, User
from records.repositories import invitations, mail, resets, users
from records.repositories import passwords as kept
from records.repositories.invitations import Invited

commands = typer.Typer(no_args_is_help=True, help="Add, invite and deactivate users, and let them in again.")

# Whoever has a shell here may make as many links as they like.
MANY = 1_000

Address = Annotated[str, typer.Argument(metavar="EMAIL", help="Their e-mail address")]
Name = Annotated[str, typer.Option("--name", help="Their name, as colleagues see it")]
As = Annotated[Role, typer.Option("--role", help="What they may see and do")]
Home = Annotated[Path | None, typer.Option("--home", help="MICROPOOLS_HOME, else ./.micropools")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on one line")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(commands, name="users")


@commands.command()
def add(
    email: Address,
    name: Name,
    role: As,
    password: Annotated[
        str, typer.Option("--password", envvar="MICROPOOLS_PASSWORD", help="Asked for where it is not given")
    ] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Add a user with a password: how the first administrator comes in."""
    use_product(_place(home))
    address = _address(email)
    secret = password or typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        check(secret, "password", (address, name))
        with session() as db:
            user = users.add(db, address, name, role)
            kept.store(db, user.id, passwords().hash(secret))
            db.commit()
    except (Conflict, Invalid) as error:
        raise fail(" ".join([error.detail, *(problem.message for problem in error.problems)])) from error
    if as_json:
        print_json({"id": str(user.id)})
    else:
        typer.echo(f"{address} may sign in now, as {_words(role)}.")


@commands.command()
def invite(email: Address, name: Name, role: As, home: Home = None, as_json: AsJson = False) -> None:
    """Invite somebody: by mail where that is set up, and with a link to bring them in any case."""
    base = _base(home)
    invited = Invited(_address(email), name, role)
    try:
        with session() as db:
            row, secret = invitations.add(db, invited, None)
            link = letters.invitation_link(base, secret)
            if settings().sends_mail:
                mail.promise(db, row.email, letters.invitation(link, "An administrator"))
            db.commit()
    except Conflict as error:
        raise fail(error.detail) from error
    _show(link, f"{invited.email} is invited as {_words(role)}, for {invitations.LIFE.days} days:", as_json)


@commands.command(name="reset-link")
def reset_link(email: Address, home: Home = None, as_json: AsJson = False) -> None:
    """Make a link with which a user sets a new password, once, within an hour. It is shown here and sent to nobody."""
    base = _base(home)
    secret = new_secret()
    with session() as db:
        if resets.add(db, email, secret, MANY) is None:
            raise _nobody(email)
        db.commit()
    _show(letters.reset_link(base, secret), "With this link they set a new password, within an hour:", as_json)


@commands.command()
def deactivate(email: Address, home: Home = None) -> None:
    """End every session and token of a user with their next request."""
    use_product(_place(home))
    with session() as db:
        user = _active(db, email)
        leaving.deactivate(db, user.id)
        db.commit()
    ring_streams([user.id])
    typer.echo(f"{user.email} is deactivated.")


def _active(db: Session, email: str) -> User:
    user = users.by_email(db, email)
    if user is None or not user.active:
        raise _nobody(email)
    return user


def _nobody(email: str) -> typer.Exit:
    return fail(f"There is no active user with the address {email}.")


def _place(home: Path | None) -> Path:
    return (home or settings().home).expanduser().resolve()


def _base(home: Path | None) -> str:
    """Where browsers find the product."""
    address = use_product(_place(home))
    return settings().public_url or address


def _address(email: str) -> str:
    try:
        return TypeAdapter(Email).validate_python(email)
    except ValidationError as error:
        raise fail(f"“{email}” is no e-mail address.") from error


def _words(role: Role) -> str:
    return role.value.replace("_", " ")


def _show(link: str, sentence: str, as_json: bool) -> None:
    if as_json:
        print_json({"link": link})
    else:
        typer.echo(f"{sentence}\n{link}")
