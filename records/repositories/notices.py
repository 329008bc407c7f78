"""The bell: rows written exactly once, read only as far as the reader may still see what they speak of."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, Integer, Text, Uuid

from records.models import Role
from records.rights import covers

_UUIDS = ARRAY(Uuid)
_TEXTS = ARRAY(Text)

# In id order: two workers that ring the same readers never wait for each other in a circle.
_LOCK_READERS = text("SELECT id FROM users WHERE id = ANY(:users) ORDER BY id FOR NO KEY UPDATE").bindparams(
    bindparam("users", type_=_UUIDS)
)

# Each reader's counter rises by their number of notices, under the row lock, so seq order is commit order: a
# stream that asks for "after 41" can never miss a 42 that is committed later than 43. A notice that exists
# already (a summary that grows) gets the new number and is unseen again.
_RING = text(
    """
    WITH given AS (
        SELECT * FROM unnest(:ids, :users, :ordinals, :kinds, :keys, :candidates, :about, :actors, :remarks, :shares)
            AS g(id, user_id, ordinal, kind, group_key, candidate_id, pool_id, actor_id, remark, share_batch)
    ), bumped AS (
        UPDATE users u SET bell_seq = u.bell_seq + n.many
        FROM (SELECT user_id, count(*) AS many FROM given GROUP BY user_id) n
        WHERE u.id = n.user_id RETURNING u.id, u.bell_seq - n.many AS before
    ), notice AS (
        INSERT INTO notifications
            (id, user_id, seq, rung, kind, group_key, candidate_id, pool_id, actor_id, remark, share_batch)
        SELECT given.id, given.user_id, bumped.before + given.ordinal, bumped.before + given.ordinal, kind, group_key,
               candidate_id, pool_id, actor_id, remark, share_batch
        FROM given JOIN bumped ON bumped.id = given.user_id
        ON CONFLICT (user_id, group_key) DO UPDATE
        SET seq = excluded.seq, rung = excluded.rung,
            seen_at = NULL, read_at = NULL, done_at = NULL, withdrawn_at = NULL
        RETURNING id, user_id, group_key, rung
    )
    INSERT INTO notification_matches (notification_id, candidate_id, pool_id, seq)
    SELECT notice.id, m.candidate_id, m.pool_id, notice.rung
    FROM unnest(:m_users, :m_keys, :m_candidates, :m_pools) AS m(user_id, group_key, candidate_id, pool_id)
    JOIN notice ON notice.user_id = m.user_id AND notice.group_key = m.group_key
    ON CONFLICT DO NOTHING
    """
).bindparams(
    bindparam("ids", type_=_UUIDS),
    bindparam("users", type_=_UUIDS),
    bindparam("ordinals", type_=ARRAY(Integer)),
    bindparam("kinds", type_=_TEXTS),
    bindparam("keys", type_=_TEXTS),
    bindparam("candidates", type_=_UUIDS),
    bindparam("about", type_=_UUIDS),
    bindparam("actors", type_=_UUIDS),
    bindparam("remarks", type_=_TEXTS),
    bindparam("shares", type_=_UUIDS),
    bindparam("m_users", type_=_UUIDS),
    bindparam("m_keys", type_=_TEXTS),
    bindparam("m_candidates", type_=_UUIDS),
    bindparam("m_pools", type_=_UUIDS),
)

# Whether the reader of a notice (n) may know who is in a pool (p): they track it now. Roles change, and an analyst
# sees no people.
_TRACKED = f"""
    EXISTS (SELECT FROM tracking t JOIN users u ON u.id = t.user_id AND u.role <> 'analyst'
            WHERE t.user_id = n.user_id AND {covers("t", "p")})
"""

_FORGET_MATCHES = text(
    f"""
    WITH forgotten AS (
        DELETE FROM notification_matches nm USING unnest(:candidates, :pools) AS gone(candidate, pool)
        WHERE nm.candidate_id = gone.candidate AND nm.pool_id = gone.pool RETURNING nm.notification_id, nm.pool_id
    )
    SELECT n.id, n.user_id, bool_or({_TRACKED}) AS tracked FROM forgotten
    JOIN notifications n ON n.id = forgotten.notification_id JOIN pools p ON p.id = forgotten.pool_id
    GROUP BY n.id, n.user_id
    """
).bindparams(bindparam("candidates", type_=_UUIDS), bindparam("pools", type_=_UUIDS))

# Notices with no match left that their reader may know of. What is hidden may become visible again when they track
# that pool again, so only one with nothing left at all (`bare`) has come to its end.
_EMPTIED = text(
    f"""
    SELECT n.id, n.user_id,
           NOT EXISTS (SELECT FROM notification_matches nm WHERE nm.notification_id = n.id) AS bare
    FROM notifications n
    WHERE n.id = ANY(:ids) AND n.withdrawn_at IS NULL
      AND NOT EXISTS (SELECT FROM notification_matches nm JOIN pools p ON p.id = nm.pool_id
                      WHERE nm.notification_id = n.id AND {_TRACKED})
    ORDER BY n.user_id, n.rung
    """
).bindparams(bindparam("ids", type_=_UUIDS))

_WITHDRAW = text("UPDATE notifications SET withdrawn_at = clock_timestamp() WHERE id = ANY(:ids)").bindparams(
    bindparam("ids", type_=_UUIDS)
)

_TOUCH = text(
    """
    WITH given AS (SELECT * FROM unnest(:ids, :users, :ordinals) AS g(id, user_id, ordinal)),
    bumped AS (
        UPDATE users u SET bell_seq = u.bell_seq + n.many
        FROM (SELECT user_id, count(*) AS many FROM given GROUP BY user_id) n
        WHERE u.id = n.user_id RETURNING u.id, u.bell_seq - n.many AS before
    )
    UPDATE notifications n SET seq = bumped.before + given.ordinal
    FROM given JOIN bumped ON bumped.id = given.user_id WHERE n.id = given.id
    """
).bindparams(
    bindparam("ids", type_=_UUIDS),
    bindparam("users", type_=_UUIDS),
    bindparam("ordinals", type_=ARRAY(Integer)),
)

# What a notice may still tell its reader: people who are in a pool now that the reader tracks now. (Nor do hiring
# managers see what was asked of a recruiter: _READ.)
# OFFSET 0 keeps PostgreSQL from turning the order round: what a notice names is looked up, whatever it believes about
# the sizes of tables. In a house of a few minutes it believes that they are empty, and would read all people instead.
VISIBLE_MATCHES = f"""
    SELECT nm.candidate_id, nm.pool_id, nm.seq, p.name AS pool_name, c.name AS candidate_name
    FROM (SELECT * FROM notification_matches WHERE notification_id = n.id OFFSET 0) nm
    CROSS JOIN LATERAL (SELECT * FROM pools WHERE id = nm.pool_id AND deleted_at IS NULL OFFSET 0) p
    CROSS JOIN LATERAL (SELECT FROM matches m WHERE m.candidate_id = nm.candidate_id AND m.pool_id = p.id
                        AND m.generation = p.live_generation AND m.left_at IS NULL OFFSET 0) m
    CROSS JOIN LATERAL (SELECT name FROM candidates WHERE id = nm.candidate_id AND deleted_at IS NULL OFFSET 0) c
    WHERE {_TRACKED}
"""

# What was shared in one go and is still the reader's: a person with an application, or a whole position.
VISIBLE_SHARES = f"""
    SELECT c.id AS candidate_id, c.name AS candidate_name, p.id AS position_id, p.title AS position_title
    FROM shares s JOIN users u ON u.id = s.user_id AND u.role = '{Role.HIRING_MANAGER.value}'
    LEFT JOIN applications a ON a.id = s.application_id
    LEFT JOIN candidates c ON c.id = a.candidate_id AND c.deleted_at IS NULL
    JOIN positions p ON p.id = coalesce(s.position_id, a.position_id)
    WHERE s.batch_id = n.share_batch AND s.user_id = n.user_id AND s.revoked_at IS NULL
      AND (s.position_id IS NOT NULL OR c.id IS NOT NULL)
"""

_READ_OF = f"""
    SELECT n.id, n.seq, n.rung, n.kind, n.created_at, n.seen_at, n.read_at, n.done_at, n.withdrawn_at, n.remark,
           actor.name AS actor_name, about.id AS about_pool, about.name AS about_pool_name,
           about.broken_reason, coalesce(v.people, 0) AS people, v.pools, v.candidate_id, v.candidate_name,
           coalesce(asked.id, sh.candidate_id) AS asked_id, coalesce(asked.name, sh.candidate_name) AS asked_name,
           coalesce(sh.shares, 0) AS shares, coalesce(sh.people, 0) AS shared_people, sh.position_id, sh.position_title,
           n.kind = 'drift' AND reader.role = 'administrator' AS warned
    FROM notifications n
    JOIN users reader ON reader.id = n.user_id
    LEFT JOIN users actor ON actor.id = n.actor_id
    LEFT JOIN pools about ON about.id = n.pool_id AND about.deleted_at IS NULL
        AND reader.role IN ('administrator', 'recruiter')
    LEFT JOIN LATERAL (
        SELECT id, name FROM candidates WHERE id = n.candidate_id AND deleted_at IS NULL
            AND n.kind IN ('wanted', 'done') AND reader.role IN ('administrator', 'recruiter') OFFSET 0
    ) asked ON true
    LEFT JOIN LATERAL (
        SELECT count(DISTINCT candidate_id) AS people, min(candidate_id::text)::uuid AS candidate_id,
               min(candidate_name) AS candidate_name,
               jsonb_agg(DISTINCT jsonb_build_object('id', pool_id, 'name', pool_name)) AS pools
        FROM ({VISIBLE_MATCHES}) seen
    ) v ON n.kind IN ('match', 'summary')
    LEFT JOIN LATERAL (
        SELECT count(*) AS shares, count(DISTINCT candidate_id) AS people,
               min(candidate_id::text)::uuid AS candidate_id, min(candidate_name) AS candidate_name,
               CASE WHEN count(DISTINCT position_id) = 1 THEN min(position_id::text)::uuid END AS position_id,
               CASE WHEN count(DISTINCT position_id) = 1 THEN min(position_title) END AS position_title
        FROM ({VISIBLE_SHARES}) given
    ) sh ON n.kind = 'shared'
    WHERE n.user_id = {{reader}}
"""
_READ = _READ_OF.format(reader=":user")

# A notice with nothing left to tell is not listed. A stream still sends it, as withdrawn, so that open tabs drop it.
_TELLS = (
    " AND n.withdrawn_at IS NULL AND CASE WHEN n.kind IN ('match', 'summary') THEN v.people > 0"
    " WHEN n.kind IN ('wanted', 'done') THEN asked.id IS NOT NULL WHEN n.kind = 'shared' THEN sh.shares > 0"
    " WHEN n.kind = 'drift' THEN reader.role = 'administrator' ELSE about.id IS NOT NULL END"
)

_PAGE = text(
    _READ + _TELLS + " AND n.rung < :before AND (NOT :unseen OR n.seen_at IS NULL) ORDER BY n.rung DESC LIMIT :limit"
).bindparams(bindparam("user", type_=Uuid))
_SINCE = text(
    f"""
    SELECT given.ordinal, told.* FROM unnest(:users, :after) WITH ORDINALITY AS given(user_id, after, ordinal)
    CROSS JOIN LATERAL ({_READ_OF.format(reader="given.user_id")} AND n.seq > given.after ORDER BY n.seq LIMIT :limit)
    told ORDER BY given.ordinal, told.seq
    """
).bindparams(bindparam("users", type_=_UUIDS), bindparam("after", type_=ARRAY(BigInteger)))
_ONE = text(_READ + _TELLS + " AND n.id = :id").bindparams(bindparam("user", type_=Uuid), bindparam("id", type_=Uuid))

# Nobody reads a larger number than this as a number, and each notice counted costs a look at its matches.
MOST_UNSEEN = 100

# The same rule as _TELLS, asked only whether there is something to tell.
_HAS_SOMETHING = f"""
    n.withdrawn_at IS NULL
    AND CASE WHEN n.kind IN ('match', 'summary') THEN EXISTS ({VISIBLE_MATCHES})
             WHEN n.kind = 'shared' THEN EXISTS ({VISIBLE_SHARES})
             WHEN reader.role NOT IN ('administrator', 'recruiter') THEN false
             WHEN n.kind IN ('wanted', 'done') THEN EXISTS (
                 SELECT FROM candidates c WHERE c.id = n.candidate_id AND c.deleted_at IS NULL)
             WHEN n.kind = 'drift' THEN reader.role = 'administrator'
             ELSE EXISTS (SELECT FROM pools p WHERE p.id = n.pool_id AND p.deleted_at IS NULL) END
"""

_UNSEEN = text(
    f"""
    SELECT given.user_id, newest.unseen FROM unnest(:users) AS given(user_id) CROSS JOIN LATERAL (
        SELECT count(*) AS unseen FROM (
            SELECT FROM notifications n JOIN users reader ON reader.id = n.user_id
            WHERE n.user_id = given.user_id AND n.seen_at IS NULL AND {_HAS_SOMETHING}
            ORDER BY n.rung DESC LIMIT {MOST_UNSEEN}) told) newest
    """
).bindparams(bindparam("users", type_=_UUIDS))

_PEOPLE = text(
    f"""
    SELECT candidate_id, candidate_name FROM (
        SELECT v.candidate_id, v.candidate_name FROM notifications n CROSS JOIN LATERAL ({VISIBLE_MATCHES}) v
        WHERE n.user_id = :user AND n.id = :id
        UNION
        SELECT c.id, c.name FROM notifications n
        JOIN users reader ON reader.id = n.user_id AND reader.role IN ('administrator', 'recruiter')
        JOIN candidates c ON c.id = n.candidate_id AND c.deleted_at IS NULL
        WHERE n.user_id = :user AND n.id = :id AND n.kind IN ('wanted', 'done')
        UNION
        SELECT given.candidate_id, given.candidate_name FROM notifications n
        CROSS JOIN LATERAL ({VISIBLE_SHARES}) given
        WHERE n.user_id = :user AND n.id = :id AND given.candidate_id IS NOT NULL
    ) named WHERE candidate_id > :after ORDER BY candidate_id LIMIT :limit
    """
).bindparams(bindparam("user", type_=Uuid), bindparam("id", type_=Uuid), bindparam("after", type_=Uuid))

# Hidden ones are left alone: each one marked raises the reader's counter, which would tell how many there are.
_MARK_SEEN = text(
    f"""
    UPDATE notifications n SET seen_at = clock_timestamp() FROM users reader
    WHERE reader.id = n.user_id AND n.user_id = :user AND n.seq <= :up_to AND n.seen_at IS NULL AND {_HAS_SOMETHING}
    RETURNING n.id, n.seq
    """
).bindparams(bindparam("user", type_=Uuid))

_MARK_READ = text(
    "UPDATE notifications SET read_at = clock_timestamp(), seen_at = coalesce(seen_at, clock_timestamp())"
    " WHERE user_id = :user AND id = :id AND read_at IS NULL RETURNING id"
).bindparams(bindparam("user", type_=Uuid), bindparam("id", type_=Uuid))

_MARK_DONE = text(
    "UPDATE notifications SET done_at = clock_timestamp(),"
    " read_at = coalesce(read_at, clock_timestamp()), seen_at = coalesce(seen_at, clock_timestamp())"
    " WHERE user_id = :user AND id = :id AND done_at IS NULL RETURNING id"
).bindparams(bindparam("user", type_=Uuid), bindparam("id", type_=Uuid))

_BEGINNING = text("SELECT bell_seq, (SELECT bell_floor FROM registry) AS floor FROM users WHERE id = :user").bindparams(
    bindparam("user", type_=Uuid)
)
_BELL_SEQS = text("SELECT id, bell_seq FROM users WHERE id = ANY(:users)").bindparams(bindparam("users", type_=_UUIDS))


@dataclass(frozen=True, slots=True)
class Notice:
    """One bell row to be written. `matches` are the (candidate, pool) pairs it tells of, `shares` a batch of shares."""

    user: uuid.UUID
    kind: str
    group_key: str
    candidate: uuid.UUID | None = None
    pool: uuid.UUID | None = None
    actor: uuid.UUID | None = None
    remark: str | None = None
    shares: uuid.UUID | None = None
    matches: tuple[tuple[uuid.UUID, uuid.UUID], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class BellRow:
    """A bell row as its reader may see it now; `tells` is false once there is nothing left they may see."""

    id: uuid.UUID
    seq: int
    rung: int
    kind: str
    created_at: datetime
    seen_at: datetime | None
    read_at: datetime | None
    done_at: datetime | None
    remark: str | None
    actor: str | None
    pools: list[dict[str, str]]
    people: int
    candidate_id: uuid.UUID | None
    candidate_name: str | None
    problem: str | None
    position: dict[str, str] | None
    tells: bool


def ring(db: Session, notices: Sequence[Notice], gone: Iterable[tuple[uuid.UUID, uuid.UUID]] = ()) -> list[uuid.UUID]:
    """Write bell rows, each once per (user, group_key); returns whose bells changed.

    `gone` are (candidate, pool) that no longer match: no notice tells of them any more. One that told its reader of
    nothing else is theirs no more, which they hear; whoever had lost that pool before hears nothing. Both in one call,
    because all readers concerned must be locked in one order.
    """
    touched = _forget(db, gone)
    readers = sorted({notice.user for notice in notices} | {row.user_id for row in touched})
    if len(readers) > 1 or touched:
        db.execute(_LOCK_READERS, {"users": readers})
    changed: set[uuid.UUID] = set()
    if touched:
        # Asked once the readers are held: of two workers that each take away the last but one, one must see it empty.
        emptied = db.execute(_EMPTIED, {"ids": [row.id for row in touched]}).all()
        known = {row.id for row in touched if row.tracked}
        told = [(row.id, row.user_id) for row in emptied if row.id in known]
        _withdraw(db, [row.id for row in emptied if row.bare])
        _touch(db, told)
        changed.update(user for _, user in told)
    if notices:
        _write(db, notices)
        changed.update(notice.user for notice in notices)
    return sorted(changed)


def _forget(db: Session, gone: Iterable[tuple[uuid.UUID, uuid.UUID]]) -> Sequence[Row[Any]]:
    """Take these matches out of all notices: (id, user_id) that told of them, `tracked` if the reader may know."""
    pairs = list(gone)
    if not pairs:
        return []
    parameters = {"candidates": [candidate for candidate, _ in pairs], "pools": [pool for _, pool in pairs]}
    return db.execute(_FORGET_MATCHES, parameters).all()


def _write(db: Session, notices: Sequence[Notice]) -> None:
    pairs = [(notice.user, notice.group_key, *pair) for notice in notices for pair in notice.matches]
    db.execute(
        _RING,
        {
            "ids": [uuid.uuid4() for _ in notices],
            "users": [notice.user for notice in notices],
            "ordinals": _ordinals(notice.user for notice in notices),
            "kinds": [notice.kind for notice in notices],
            "keys": [notice.group_key for notice in notices],
            "candidates": [notice.candidate for notice in notices],
            "about": [notice.pool for notice in notices],
            "actors": [notice.actor for notice in notices],
            "remarks": [notice.remark for notice in notices],
            "shares": [notice.shares for notice in notices],
            "m_users": [pair[0] for pair in pairs],
            "m_keys": [pair[1] for pair in pairs],
            "m_candidates": [pair[2] for pair in pairs],
            "m_pools": [pair[3] for pair in pairs],
        },
    )


def _withdraw(db: Session, bare: Sequence[uuid.UUID]) -> None:
    """These speak of nobody any more, whoever tracks what."""
    if bare:
        db.execute(_WITHDRAW, {"ids": list(bare)})


def _touch(db: Session, rows: Sequence[tuple[uuid.UUID, uuid.UUID]]) -> None:
    """Give these (notice, reader) the reader's next numbers, in the order given. The readers are held already."""
    if rows:
        parameters = {
            "ids": [notice for notice, _ in rows],
            "users": [user for _, user in rows],
            "ordinals": _ordinals(user for _, user in rows),
        }
        db.execute(_TOUCH, parameters)


def _ordinals(users: Iterable[uuid.UUID]) -> list[int]:
    """Which of their user's changes each one is, counted from 1."""
    so_far: Counter[uuid.UUID] = Counter()
    ordinals = []
    for user in users:
        so_far[user] += 1
        ordinals.append(so_far[user])
    return ordinals


def _bell_row(row: Row[Any]) -> BellRow:
    matching, asking, sharing = row.kind in ("match", "summary"), row.kind in ("wanted", "done"), row.kind == "shared"
    pools = (row.pools or []) if matching else []
    if not matching and row.about_pool is not None:
        pools = [{"id": str(row.about_pool), "name": row.about_pool_name}]
    people = row.people if matching else row.shared_people if sharing else int(row.asked_id is not None)
    single = people == 1 and row.kind != "summary"
    return BellRow(
        id=row.id,
        seq=row.seq,
        rung=row.rung,
        kind=row.kind,
        created_at=row.created_at,
        seen_at=row.seen_at,
        read_at=row.read_at,
        done_at=row.done_at,
        # What was found is our own sentence, and for administrators.
        remark=None if row.kind == "drift" else row.remark,
        actor=row.actor_name,
        pools=sorted(pools, key=lambda pool: (pool["name"], pool["id"])),
        people=people,
        candidate_id=(row.candidate_id if matching else row.asked_id) if single else None,
        candidate_name=(row.candidate_name if matching else row.asked_name) if single else None,
        problem=row.remark if row.warned else row.broken_reason,
        position={"id": str(row.position_id), "title": row.position_title} if row.position_id else None,
        tells=row.withdrawn_at is None
        and (
            row.shares > 0
            if sharing
            else people > 0
            if matching or asking
            else row.warned or row.about_pool is not None
        ),
    )


def page(db: Session, user: uuid.UUID, *, before: int, limit: int, unseen: bool = False) -> list[BellRow]:
    """The reader's bell, what rang last first; `before` is the `rung` of the last row of the page before."""
    parameters = {"user": user, "before": before, "limit": limit, "unseen": unseen}
    return [_bell_row(row) for row in db.execute(_PAGE, parameters)]


def since(db: Session, seen: Sequence[tuple[uuid.UUID, int]], limit: int) -> list[list[BellRow]]:
    """What changed on each of these (reader, after): on the reader's bell after `after`, at most `limit` rows, in
    order, withdrawn ones included.
    """
    parameters = {"users": [user for user, _ in seen], "after": [after for _, after in seen], "limit": limit}
    found: list[list[BellRow]] = [[] for _ in seen]
    for row in db.execute(_SINCE, parameters):
        found[row.ordinal - 1].append(_bell_row(row))
    return found


def unseen(db: Session, user: uuid.UUID) -> int:
    """How many listed notices the reader has not seen; MOST_UNSEEN says: that many, or more."""
    return unseen_of(db, [user])[user]


def unseen_of(db: Session, users: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The same of many."""
    return {row.user_id: row.unseen for row in db.execute(_UNSEEN, {"users": list(set(users))})}


def people(
    db: Session, user: uuid.UUID, notice: uuid.UUID, after: uuid.UUID, limit: int
) -> list[tuple[uuid.UUID, str]]:
    """Exactly the people a notice speaks of, as far as the reader may see them now; by id."""
    parameters = {"user": user, "id": notice, "after": after, "limit": limit}
    return [(row.candidate_id, row.candidate_name) for row in db.execute(_PEOPLE, parameters)]


def get(db: Session, user: uuid.UUID, notice: uuid.UUID) -> BellRow | None:
    """One of the reader's notices, None for unknown, withdrawn and somebody else's alike."""
    row = db.execute(_ONE, {"user": user, "id": notice}).one_or_none()
    return _bell_row(row) if row else None


def mark_seen(db: Session, user: uuid.UUID, up_to: int) -> None:
    """The reader opened the bell: everything they see up to this change is seen. The order of the bell stays."""
    _hold(db, user)
    marked = sorted(db.execute(_MARK_SEEN, {"user": user, "up_to": up_to}), key=lambda row: int(row.seq))
    _touch(db, [(row.id, user) for row in marked])


def mark(db: Session, user: uuid.UUID, notice: uuid.UUID, *, done: bool) -> None:
    """The reader opened this notice, or is done with it. Doing it again changes nothing."""
    _hold(db, user)
    marked = db.scalars(_MARK_DONE if done else _MARK_READ, {"user": user, "id": notice})
    _touch(db, [(row, user) for row in marked])


def _hold(db: Session, user: uuid.UUID) -> None:
    """The reader first and their notices after, as ringing does: else the two would wait for each other."""
    db.execute(_LOCK_READERS, {"users": [user]})


def standing(db: Session, user: uuid.UUID) -> tuple[int, int]:
    """Where the reader's bell stands, and below which number it is of a history that ended (a backup was restored)."""
    row = db.execute(_BEGINNING, {"user": user}).one()
    return int(row.bell_seq), int(row.floor)


def bell_seqs(db: Session, users: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Where each reader's bell stands."""
    return {row.id: row.bell_seq for row in db.execute(_BELL_SEQS, {"users": list(users)})}
