"""What a request left behind in the records: versions, outbox rows, receipts."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, select, update

from indexer.reindex import asking
from records.base import Base
from records.database import session
from records.models import Candidate, IdempotencyKey, OutboxRow, Pool, Role, Share, User
from records.repositories import reindexing
from tests.installation import Installation


def version(candidate: uuid.UUID) -> int:
    """The version a candidate stands at, deleted ones too."""
    with session() as db:
        return db.get_one(Candidate, candidate).version


def generation(pool: uuid.UUID) -> int:
    """The generation a pool wants."""
    with session() as db:
        return db.get_one(Pool, pool).generation


def waiting(entity: uuid.UUID) -> int:
    """How many outbox rows wait for a candidate or pool."""
    with session() as db:
        return len(list(db.scalars(select(OutboxRow.id).where(OutboxRow.entity_id == entity))))


def loudness(entity: uuid.UUID) -> list[str]:
    """How loudly the waiting changes of a candidate are told of."""
    with session() as db:
        return list(db.scalars(select(OutboxRow.notices).where(OutboxRow.entity_id == entity)))


def receipts() -> list[dict[str, Any] | None]:
    """Every remembered receipt."""
    with session() as db:
        return list(db.scalars(select(IdempotencyKey.receipt)))


def counts() -> dict[str, int]:
    """How many rows every table has, but for the keys that the house makes itself when it first needs them."""
    with session() as db:
        return {
            table.name: db.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name != "house_secrets"
        }


@contextmanager
def changes(candidate: uuid.UUID, by: int) -> Iterator[None]:
    """What happens inside raises the version by this much, and puts an outbox row beside each rise."""
    before, rows = version(candidate), waiting(candidate)
    yield
    assert version(candidate) - before == by
    assert waiting(candidate) - rows == by


def share(user: uuid.UUID, *, application: uuid.UUID | None = None, position: uuid.UUID | None = None) -> uuid.UUID:
    """Give owner access in the records, as the route does."""
    row = Share(id=uuid.uuid4(), user_id=user, application_id=application, position_id=position)
    with session() as db:
        db.add(row)
        db.commit()
    return row.id


def revoke_share(share_id: uuid.UUID) -> None:
    """Take owner access away."""
    with session() as db:
        db.execute(update(Share).where(Share.id == share_id).values(revoked_at=Share.created_at))
        db.commit()


def set_role(world: Installation, user: uuid.UUID, role: Role) -> None:
    """Give a user another role, through the API."""
    answer = world.administrator.patch(f"/v1/users/{user}", json={"role": role.value})
    assert answer.status_code == 200, answer.text


def user_row(user: uuid.UUID) -> User:
    """A user as stored."""
    with session() as db:
        return db.get_one(User, user)


def ended_reindex() -> uuid.UUID:
    """A reindex that was given up, of whoever began the open one or of nobody; none is open then."""
    with session() as db:
        there = reindexing.open_job(db)
        job = there.id if there else asking.start(db, by=None, origin="a test")
        reindexing.change(db, job, ["making"], state="abandoned", step="ended", ended_at=func.clock_timestamp())
        db.commit()
    return job
