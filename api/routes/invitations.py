"""Invitations: administrators ask colleagues to join, who choose a password and are users then."""

from __future__ import annotations

import uuid
from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from accounts import letters
from accounts.passwords import check, passwords
from api import csrf, cursors
from api.account_views import NewUser, UserView
from api.fields import Body, Cursor, Id, Limit, Password
from api.routes.passwords import LinkToken, worthless
from api.wire import StrictRoute
from api.work import AdministratorWork, AnybodyWork
from core.settings import settings
from records.models import Invitation, Role
from records.repositories import invitations, mail, users
from records.repositories import passwords as kept
from records.repositories.invitations import Invited

router = APIRouter(tags=["invitations"], route_class=StrictRoute)

NOWHERE = uuid.UUID(int=0)


class InvitationView(BaseModel):
    """An invitation that was not accepted yet."""

    id: uuid.UUID
    email: str
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, row: Invitation) -> InvitationView:
        """The view of an invitation."""
        return cls(
            id=row.id,
            email=row.email,
            name=row.name,
            role=Role(row.role),
            created_at=row.created_at,
            expires_at=row.expires_at,
        )


class InvitationPage(BaseModel):
    """Invitations in id order; `next` is the cursor of the page after."""

    items: list[InvitationView]
    next: str | None = None


class Sent(BaseModel):
    """The receipt. Where no mail is set up, you bring them the link yourself."""

    id: uuid.UUID
    expires_at: datetime
    link: str | None = Field(description="Only where no mail is set up, and shown this once.")


class Accepted(Body):
    """What stood behind the # of the link, and the password they chose."""

    token: LinkToken
    password: Password


@router.get("/invitations", summary="Who was invited and has not answered")
def index(work: AdministratorWork, limit: Limit = 50, cursor: Cursor = None) -> InvitationPage:
    """Expired ones too: send them again, or revoke them."""
    after = cursors.read(cursor, uuid.UUID)[0] if cursor else NOWHERE
    rows = invitations.page(work.db, after, limit)
    following = cursors.write(rows[-1].id) if len(rows) == limit else None
    return InvitationPage(items=[InvitationView.of(row) for row in rows], next=following)


@router.post("/invitations", status_code=201, summary="Invite a colleague")
def invite(body: NewUser, request: Request, work: AdministratorWork) -> Sent:
    """Good for a week. A repeat is refused, because the address was invited already."""
    row, secret = invitations.add(work.db, Invited(body.email, body.name, body.role), work.caller.id)
    return _send(request, work, row, secret)


@router.post("/invitations/{invitation}/resend", summary="Send an invitation again")
def resend(invitation: Id, request: Request, work: AdministratorWork) -> Sent:
    """With a new link, good for another week, and yours from now on; the old link is worth nothing any more."""
    row, secret = invitations.renew(work.db, invitation, work.caller.id)
    return _send(request, work, row, secret)


@router.delete("/invitations/{invitation}", status_code=204, summary="Take an invitation back")
def revoke(invitation: Id, work: AdministratorWork) -> None:
    """The link is worth nothing any more."""
    invitations.revoke(work.db, invitation)
    work.commit()


@router.post("/invitations/accept", status_code=201, summary="Accept an invitation")
def accept(body: Accepted, request: Request, work: AnybodyWork) -> UserView:
    """Makes the user, with the password they chose. They sign in next."""
    csrf.refuse_other_sites(request)
    invited = invitations.take(work.db, body.token)
    if invited is None:
        raise worthless()
    check(body.password, "body.password", (invited.email, invited.name))
    user = users.add(work.db, invited.email, invited.name, invited.role)
    kept.store(work.db, user.id, passwords().hash(body.password))
    work.commit()
    return UserView.of(user)


def _send(request: Request, work: AdministratorWork, row: Invitation, secret: str) -> Sent:
    link = letters.invitation_link(settings().public_url or str(request.base_url).rstrip("/"), secret)
    by_mail = settings().sends_mail
    if by_mail:
        mail.promise(work.db, row.email, letters.invitation(link, work.caller.name))
    work.commit()
    return Sent(id=row.id, expires_at=row.expires_at, link=None if by_mail else link)
