"""One of everything, seen by one of everybody: what the tests of all routes ask about."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from fastapi.testclient import TestClient

from records.database import session
from records.models import Device, Role, Webhook, WebhookDelivery
from records.repositories import users
from tests.api.answers import ok
from tests.api.browser import session_of
from tests.api.traces import ended_reindex, share
from tests.installation import Installation


class Persona(StrEnum):
    """Who asks. Three hiring managers: one sees nothing, one tracks the pool, one was given the application."""

    ANONYMOUS = "anonymous"
    ADMINISTRATOR = "administrator"
    RECRUITER = "recruiter"
    STRANGER = "stranger"
    VIEWER = "viewer"
    OWNER = "owner"
    ANALYST = "analyst"


@dataclass(frozen=True, slots=True)
class People:
    """The users of an installation by persona."""

    clients: Mapping[Persona, TestClient]
    ids: Mapping[Persona, uuid.UUID]

    def __getitem__(self, persona: Persona) -> TestClient:
        return self.clients[persona]


def people(world: Installation) -> People:
    """Everybody, made once an installation."""
    viewer, viewing = world.add_user(Role.HIRING_MANAGER, "viewer@example.com")
    owner, owning = world.add_user(Role.HIRING_MANAGER, "owner@example.com")
    roles = {
        Persona.ADMINISTRATOR: Role.ADMINISTRATOR,
        Persona.RECRUITER: Role.RECRUITER,
        Persona.STRANGER: Role.HIRING_MANAGER,
        Persona.ANALYST: Role.ANALYST,
    }
    return People(
        clients={persona: world.client(role) for persona, role in roles.items()}
        | {Persona.VIEWER: viewing, Persona.OWNER: owning, Persona.ANONYMOUS: world.anonymous},
        ids={persona: world.id_of(role) for persona, role in roles.items()}
        | {Persona.VIEWER: viewer, Persona.OWNER: owner},
    )


@dataclass(frozen=True, slots=True)
class Scene:
    """A person in a pool with an application, and everything around them. Names differ from scene to scene."""

    skill: str
    place: str
    internal: str
    reason: str
    pool: uuid.UUID
    candidate: uuid.UUID
    position: uuid.UUID
    application: uuid.UUID
    share: uuid.UUID
    notice: uuid.UUID
    user: uuid.UUID
    token: uuid.UUID
    session: uuid.UUID
    invitation: uuid.UUID
    job: uuid.UUID
    action: uuid.UUID
    device: uuid.UUID
    webhook: uuid.UUID
    delivery: uuid.UUID

    def path(self, template: str) -> str:
        """A route's template with the ids of this scene."""
        return template.format(
            candidate=self.candidate,
            application=self.application,
            position=self.position,
            pool=self.pool,
            notice=self.notice,
            # Nobody in it was sent any.
            message=uuid.uuid4(),
            user=self.user,
            token=self.token,
            session=self.session,
            invitation=self.invitation,
            job=self.job,
            action=self.action,
            device=self.device,
            webhook=self.webhook,
            delivery=self.delivery,
            key=self.skill,
            reason=self.reason,
        )

    @staticmethod
    def nowhere(template: str) -> str:
        """The same route about things that are not there."""
        names = (
            "candidate",
            "application",
            "position",
            "pool",
            "notice",
            "message",
            "user",
            "token",
            "session",
            "invitation",
            "job",
            "action",
            "device",
            "webhook",
            "delivery",
            "key",
            "reason",
        )
        return template.format(**{name: uuid.uuid4() for name in names})


def scene(world: Installation, known: People) -> Scene:
    """Make it; the viewer's bell has rung for the person."""
    mark = uuid.uuid4().hex[:8]
    skill, place, internal = f"skill-{mark}", f"place-{mark}", f"internal-{mark}"
    world.tag(skill)
    world.tag(place, "location")
    world.tag(internal, "internal")
    ok(world.administrator.post("/v1/rejection-reasons", json={"name": f"reason-{mark}", "said_by": "us"}), 201)
    pool = world.pool(f"Pool {mark}", {"tags": {"any": [skill]}})
    world.settle()
    viewer = known.ids[Persona.VIEWER]
    ok(world.administrator.put(f"/v1/users/{viewer}/tracking/{pool}"), 204)
    candidate = world.candidate(
        f"Person {mark}",
        [skill, internal],
        locations=[place],
        email=f"{mark}@example.com",
        phone="+420 777 123 456",
        headline="Developer",
        source=f"source-{mark}",
        languages=[{"code": "de", "level": "b2"}],
        years_experience=4,
    )
    position = uuid.UUID(ok(world.recruiter.post("/v1/positions", json={"title": f"Position {mark}"}), 201)["id"])
    application = uuid.UUID(
        ok(world.recruiter.post(f"/v1/candidates/{candidate}/applications", json={"position": str(position)}), 201)[
            "id"
        ]
    )
    ok(world.recruiter.post(f"/v1/applications/{application}/notes", json={"text": f"note-{mark}"}), 201)
    given = share(known.ids[Persona.OWNER], application=application)
    world.settle()
    bell = ok(known[Persona.VIEWER].get("/v1/notifications"))["items"]
    # Of nobody, so that taking it back changes nothing here.
    rejected = {"people": [str(uuid.uuid4())], "position": str(position), "reason": f"reason-{mark}"}
    action = ok(world.recruiter.post("/v1/bulk/rejections", json=rejected), 201)["id"]
    token = ok(world.administrator.post(f"/v1/users/{viewer}/tokens", json={"name": "spare"}), 201)["id"]
    invitation = {"email": f"invited-{mark}@example.com", "name": "Invited", "role": "analyst"}
    webhook, delivery = webhook_told()
    return Scene(
        skill=skill,
        place=place,
        internal=internal,
        reason=f"reason-{mark}",
        pool=pool,
        candidate=candidate,
        position=position,
        application=application,
        share=given,
        notice=uuid.UUID(next(n["id"] for n in bell if n.get("candidate", {}).get("id") == str(candidate))),
        user=viewer,
        token=uuid.UUID(token),
        session=session_of(viewer),
        invitation=uuid.UUID(ok(world.administrator.post("/v1/invitations", json=invitation), 201)["id"]),
        job=ended_reindex(),
        action=uuid.UUID(action),
        device=device_of(viewer),
        webhook=webhook,
        delivery=delivery,
    )


def device_of(user: uuid.UUID) -> uuid.UUID:
    """A device of theirs, at a push service that there is not; of many scenes the first few stay."""
    with session() as db:
        for spare in db.query(Device).filter(Device.user_id == user).order_by(Device.created_at).offset(5):
            db.delete(spare)
        made = Device(id=uuid.uuid4(), user_id=user, endpoint=f"https://push.invalid/{uuid.uuid4()}", name="Firefox")
        made.p256dh = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        made.auth = "BTBZMqHH6r4Tts7J_aSIgg"
        db.add(made)
        db.commit()
        return made.id


def webhook_told() -> tuple[uuid.UUID, uuid.UUID]:
    """An endpoint that there is not and hears of no pool, with a delivery; of many scenes the first few stay."""
    with session() as db:
        for spare in db.query(Webhook).order_by(Webhook.created_at).offset(5):
            db.delete(spare)
        made = Webhook(
            id=uuid.uuid4(), url="https://hooks.invalid/", events=["pool.entered"], pools=[], secret="whsec_"
        )
        told = WebhookDelivery(
            id=uuid.uuid4(), webhook_id=made.id, event="pool.entered", candidates=[], pools=[], state="failed"
        )
        told.reason, told.ended_at = "try_later", datetime.now(UTC)
        db.add(made)
        db.flush()
        db.add(told)
        db.commit()
        return made.id, told.id


def owner_of(_: Scene) -> uuid.UUID:
    """The hiring manager whom the application was given to, whether or not somebody has just taken it back."""
    with session() as db:
        owner = users.by_email(db, "owner@example.com")
        assert owner is not None
        return owner.id
