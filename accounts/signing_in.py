"""Signing in with a password, step by step; the route commits between them, so nothing is held while we compute.

1. `knock`: the attempt is counted, for the account from this network and for the network. Too many, and nothing is
   looked at. Nobody can shut out a colleague from elsewhere, because nothing is counted for an account alone.
2. `right`: one comparison, whether or not there is such a user (accounts/passwords.py).
3. `open_session`: the counts are taken back, and there is a session, unless the user changed meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from accounts.passwords import passwords
from core.errors import NotAuthenticated, TooMany
from core.settings import settings
from records.database import Session
from records.repositories import attempts, sessions
from records.repositories import passwords as kept
from records.repositories.attempts import Bucket, Patience
from records.repositories.passwords import Stored
from records.repositories.sessions import Opening

# Five mistakes are human. Then pauses up to a quarter of an hour, which come to about six guesses an hour.
OF_ACCOUNT = Patience(free=5, leak_s=600, longest_s=900)
# A whole office has one address, and its mistakes should stop nobody; a list of stolen passwords comes to one a minute.
OF_NETWORK = Patience(free=100, leak_s=60, longest_s=900)


@dataclass(frozen=True, slots=True)
class Knock:
    """An attempt that was counted. `known` is what is stored for the address; nobody outside may notice whether."""

    account: Bucket
    network: Bucket
    known: Stored | None


def buckets(email: str, network: str) -> tuple[Bucket, Bucket]:
    """What attempts for this address from this network are counted in."""
    return Bucket(f"login|{email.lower()}|{network}", OF_ACCOUNT), Bucket(f"login|{network}", OF_NETWORK)


def knock(db: Session, email: str, network: str) -> Knock:
    """Count an attempt, or refuse it. Counts only with the caller's commit, and a refused one not at all."""
    account, whole = buckets(email, network)
    for bucket in (account, whole):
        if wait_s := attempts.count(db, bucket):
            raise TooMany("There were too many attempts to sign in from where you are; wait, then try again.", wait_s)
    return Knock(account, whole, kept.of_email(db, email))


def right(knock: Knock, password: str) -> bool:
    """Whether this is the password of an active user. Computes for a while; no transaction should be open."""
    known = knock.known
    matches = passwords().matches(known.password_hash if known else None, password)
    return matches and known is not None and known.active


def open_session(db: Session, knock: Knock, password: str, client: str, network: str) -> str:
    """A session for whoever knew the password; its secret. A hash made with older parameters is made anew."""
    known = knock.known
    assert known is not None
    assert known.password_hash is not None
    password_hash = known.password_hash
    if passwords().outdated(password_hash):
        renewed = passwords().hash(password)
        if kept.exchange(db, known.user, password_hash, renewed):
            password_hash = renewed
    opening = Opening("password", client, network, password_hash)
    secret = sessions.open_for(db, known.user, opening, settings().session_life_s)
    if secret is None:
        refuse()
    welcome(db, knock)
    return secret


def welcome(db: Session, knock: Knock) -> None:
    """Take the attempt back: it was the right one."""
    attempts.forget(db, knock.account)
    attempts.forgive(db, knock.network)


def refuse() -> NoReturn:
    """The one answer to every wrong attempt."""
    raise NotAuthenticated("The e-mail address or the password is wrong.")
