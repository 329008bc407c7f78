"""Whatever somebody chose, and whatever the clocks do: they hear of each thing once, in time, and of nothing that they
switched off. Choices are made through the API, routing and sending run on the real database, whose clock is moved, to
a real mail server.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, note
from hypothesis import strategies as st
from sqlalchemy import text

from notifications import courier, pace, routing
from notifications.hours import Hours
from records.database import session
from records.models import Role
from records.repositories.notices import Notice, ring
from tests.api.answers import ok
from tests.installation import Installation
from tests.mailbox import Mailbox
from tests.notifications.clocks import Clock, moved_clock
from tests.notifications.test_hours import MOMENTS, hours, quiet_at

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# The longest pause between two messages at once; and by so much a clock may jump over the hour of a digest.
LONGEST_PAUSE, JUMP = timedelta(minutes=60), timedelta(hours=1)
LOUDNESS = ("off", "weekly", "daily", "instant")
NAMES = ("Pool A", "Pool B")
# Who is in which pools.
PEOPLE = ((0,), (0,), (1,), (1,), (0, 1), (0, 1))

rhythms = st.sampled_from(LOUDNESS)
# Never none, so that whatever happens has its place before or after a choice.
waits = st.sampled_from([0.1, 1, 3, 20, 90, 700, 2000, 9000]).map(lambda minutes: timedelta(minutes=minutes))
steps = st.one_of(
    st.tuples(st.just("person"), st.integers(0, len(PEOPLE) - 1)),
    st.tuples(st.just("person"), st.integers(0, len(PEOPLE) - 1)),
    st.tuples(st.just("import"), st.integers(0, 1)),
    st.tuples(st.just("shared"), st.none()),
    st.tuples(st.just("hours"), st.none() | hours()),
    st.tuples(st.just("new_in_pool"), rhythms),
    st.tuples(st.just("shared as"), rhythms),
    st.tuples(st.just("pool"), st.tuples(st.integers(0, 1), st.none() | rhythms)),
)


@dataclass
class News:
    """Something that rang: in these pools (none: it was shared), wanted so often then."""

    at: datetime
    pools: tuple[int, ...]
    wanted: str
    person: uuid.UUID | None
    import_of: str | None = None


@dataclass
class Model:
    """What the reader chose, now and before."""

    every: dict[str, str] = field(default_factory=lambda: {"new_in_pool": "instant", "shared": "instant"})
    pools: dict[int, str] = field(default_factory=dict)
    # From when on which hours hold.
    hours: list[tuple[datetime, Hours]] = field(default_factory=list)

    def of_pool(self, pool: int) -> str:
        return self.pools.get(pool, self.every["new_in_pool"])

    def wanted(self, pools: tuple[int, ...]) -> str:
        if not pools:
            return self.every["shared"]
        return max((self.of_pool(pool) for pool in pools), key=LOUDNESS.index)

    def latest(self, news: News, capped: bool) -> datetime:
        """Until when it was promised, by whichever hours held when it was."""
        found = datetime.max.replace(tzinfo=UTC)
        for (since, held), (until, _) in zip(self.hours, [*self.hours[1:], (found, None)], strict=True):
            if until <= news.at:
                continue
            promised = max(since, _promised(news, held, since, capped))
            if promised < until:
                return promised
        raise AssertionError("The hours that hold last hold for ever.")


def _promised(news: News, held: Hours, since: datetime, capped: bool) -> datetime:
    if news.wanted != "instant":
        return digest_by(held, news.at, news.wanted == "weekly")
    waits = pace.LONGEST + LONGEST_PAUSE if news.import_of else LONGEST_PAUSE
    # An import is calm no sooner than a while after the last look at it, which new hours are.
    looked = since + pace.CALM if news.import_of else since
    latest = at_once_by(held, max(looked, news.at + waits))
    return at_once_by(held, latest + pace.CAP_FOR) if capped else latest


def at_once_by(wanted: Hours, moment: datetime) -> datetime:
    """The first minute from then on that is not quiet."""
    while quiet_at(wanted, moment):
        moment = moment.replace(second=0, microsecond=0) + MINUTE
    return moment


def digest_by(wanted: Hours, moment: datetime, weekly: bool) -> datetime:
    """When the wall next shows the hour of the digest, or a later one, for the first time on one of its days."""
    days = set(wanted.working_days)
    if weekly:
        days = {min(days, key=lambda day: (day - wanted.digest_day) % 7)}
    begun: set[date] = set()
    at = moment.replace(second=0, microsecond=0) - timedelta(hours=30)
    zone = ZoneInfo(wanted.zone)
    while True:
        here = at.astimezone(zone)
        if here.date() not in begun and here.hour * 60 + here.minute >= wanted.digest_at:
            begun.add(here.date())
            if here.weekday() in days and at > moment:
                return at + JUMP
        at += MINUTE


@dataclass
class Reader:
    """The hiring manager, two pools of theirs, people in them, and something that was shared."""

    world: Installation
    box: Mailbox
    clock: Clock
    id: uuid.UUID
    pools: list[uuid.UUID]
    people: list[uuid.UUID]
    shares: uuid.UUID

    def begin(self, start: datetime) -> None:
        """Nothing was chosen and nothing rang."""
        self.box.letters.clear()
        self.box.recipients.clear()
        self.clock.set_to(start)
        with session() as db:
            for table in ("deliveries", "notifications", "notice_choices", "pool_choices", "reading_hours"):
                db.execute(text(f"DELETE FROM {table}"))
            db.commit()

    def choose(self, **chosen: Any) -> None:
        ok(self.world.manager.put("/v1/me/notices", json=chosen))

    def hear(self, notice: Notice) -> None:
        """It rings and is given to the other channels."""
        with session() as db:
            ring(db, [notice])
            db.commit()
        while routing.route():
            pass

    def send_until(self, now: datetime, until: datetime) -> datetime:
        """The courier looks whenever something is due before then."""
        while True:
            with session() as db:
                due = db.scalar(text("SELECT min(due_at) FROM deliveries WHERE state = 'waiting'"))
            if due is None or due >= until:
                return until
            now = max(due, now)
            self.clock.set_to(now)
            courier.send_due("email")


@pytest.fixture
def reader(world: Installation, box: Mailbox) -> Iterator[Reader]:
    world.skills("Skill 0", "Skill 1")
    pools = [world.pool(name, {"tags": {"any": [f"Skill {each}"]}}) for each, name in enumerate(NAMES)]
    world.settle()
    for pool in pools:
        world.track(pool)
    people = [world.candidate("Test Person", [f"Skill {each}" for each in entered]) for entered in PEOPLE]
    world.work()
    position = ok(world.recruiter.post("/v1/positions", json={"title": "Engineer"}), 201)["id"]
    manager = world.id_of(Role.HIRING_MANAGER)
    ok(world.recruiter.put(f"/v1/positions/{position}/shares/{manager}"), 204)
    with session() as db:
        shares = db.scalar(text("SELECT share_batch FROM notifications WHERE kind = 'shared'"))
    with moved_clock(datetime(2026, 1, 1, tzinfo=UTC)) as clock:
        yield Reader(world, box, clock, manager, pools, people, shares)


@given(
    start=MOMENTS,
    own=hours(),
    cap=st.sampled_from([2, 30]),
    todo=st.lists(st.tuples(steps, waits), min_size=1, max_size=8),
)
def test_everybody_hears_what_they_asked_for_once_and_in_time(
    reader: Reader,
    monkeypatch: pytest.MonkeyPatch,
    start: datetime,
    own: Hours,
    cap: int,
    todo: list[tuple[tuple[str, Any], timedelta]],
) -> None:
    monkeypatch.setitem(pace.CAPS, "email", cap)
    reader.begin(start)
    model, heard, now = Model(hours=[(start, own)]), [], start
    reader.choose(hours=stored(own), choices={name: {"email": rhythm} for name, rhythm in model.every.items()})
    chosen: list[tuple[datetime, Model]] = []
    for (what, detail), wait in todo:
        note(f"{now} {what} {detail}")
        news = _done(reader, model, what, detail, now)
        if news is not None:
            heard.append(news)
        chosen.append((now, Model(dict(model.every), dict(model.pools))))
        now = reader.send_until(now, now + wait)
        reader.clock.set_to(now)
    reader.send_until(now, now + 60 * DAY)
    _holds(reader, model, chosen, heard, cap)


def _done(reader: Reader, model: Model, what: str, detail: Any, now: datetime) -> News | None:
    """One step, in the product and in the model."""
    match what:
        case "person":
            person, pools = reader.people[detail], PEOPLE[detail]
            matches = tuple((person, reader.pools[pool]) for pool in pools)
            reader.hear(Notice(reader.id, "match", f"match:{uuid.uuid4()}", candidate=person, matches=matches))
            return News(now, pools, model.wanted(pools), person)
        case "import":
            person, pools = reader.people[2 * detail], (detail,)
            reader.hear(
                Notice(reader.id, "summary", f"batch:{uuid.uuid4()}", matches=((person, reader.pools[detail]),))
            )
            return News(now, pools, model.wanted(pools), person, import_of=str(now))
        case "shared":
            reader.hear(Notice(reader.id, "shared", f"shared:{uuid.uuid4()}", shares=reader.shares))
            return News(now, (), model.wanted(()), None)
        case "hours":
            reader.choose(hours=stored(detail) if detail else None)
            model.hours.append((now, detail or Hours()))
        case "pool":
            pool, rhythm = detail
            ok(
                reader.world.manager.put(
                    f"/v1/pools/{reader.pools[pool]}/notices", json={"channels": {"email": rhythm}}
                ),
                204,
            )
            model.pools.pop(pool, None)
            if rhythm:
                model.pools[pool] = rhythm
        case _:
            event = what.removesuffix(" as")
            reader.choose(choices={event: {"email": detail}})
            model.every[event] = detail
    return None


def _holds(reader: Reader, model: Model, chosen: list[tuple[datetime, Model]], heard: list[News], cap: int) -> None:
    with session() as db:
        rows = db.execute(
            text(
                "SELECT d.id, d.state, d.rhythm, d.topic, d.ended_at, n.rung FROM notifications n"
                " LEFT JOIN delivery_notices dn ON dn.notification_id = n.id"
                " LEFT JOIN deliveries d ON d.id = dn.delivery_id ORDER BY n.rung, d.created_at"
            )
        ).all()
    rung = sorted({row.rung for row in rows})
    assert len(rung) == len(heard)
    told: dict[uuid.UUID, list[News]] = {}
    for number, news in zip(rung, heard, strict=True):
        mine = [row for row in rows if row.rung == number]
        if news.wanted == "off":
            assert [row.id for row in mine] == [None], "nobody hears what they switched off"
            continue
        (row,) = mine
        note(f"{news} {row}")
        assert row.rhythm == news.wanted, "as often as was asked for"
        assert row.state in ("sent", "withdrawn"), "nothing stays behind"
        assert news.at <= row.ended_at <= model.latest(news, row.topic == "capped"), "not later than promised"
        told.setdefault(row.id, []).append(news)
    letters = {letter["Message-ID"][1:].split("@")[0]: letter for letter in reader.box.letters}
    assert len(letters) == len(reader.box.letters), "no letter twice"
    moments = []
    for row in {row.id: row for row in rows if row.id}.values():
        then = [each for at, each in chosen if at <= row.ended_at][-1]
        counts = _counts(told[row.id], then)
        letter = letters.pop(str(row.id), None)
        assert (letter is not None) == (row.state == "sent") == bool(counts)
        if letter is None:
            continue
        body = letter.get_body(("plain",))
        assert body is not None
        assert _said(body.get_content()) == counts, "everything, and what is off by now is not"
        if row.rhythm == "instant":
            moments.append(row.ended_at)
            held = [each for since, each in model.hours if since <= row.ended_at][-1]
            assert not quiet_at(held, row.ended_at), "not at night"
    assert letters == {}, "of nothing else"
    moments.sort()
    for first, later in zip(moments, moments[cap:], strict=False):
        assert later - first >= pace.CAP_FOR, "no more than so many a day"


def _counts(told: list[News], then: Model) -> dict[str, int]:
    """What a letter about these says, by what was wanted when it left."""
    people: dict[str, set[uuid.UUID]] = {}
    shares = 0
    for news in told:
        for pool in news.pools:
            if then.of_pool(pool) != "off" and news.person:
                people.setdefault(NAMES[pool], set()).add(news.person)
        shares += not news.pools and then.every["shared"] != "off"
    counts = {name: len(found) for name, found in people.items()}
    return counts | ({"shared": shares} if shares else {})


def _said(body: str) -> dict[str, int]:
    said = {name: int(many) for many, name in re.findall(r"(\d+) new (?:person|people) in (Pool [AB])", body)}
    shared = re.search(r"shared (\d+) thing", body)
    return said | ({"shared": int(shared[1])} if shared else {})


def stored(wanted: Hours) -> dict[str, Any]:
    """As the API takes it."""
    fields = ("zone", "quiet_from", "quiet_until", "digest_at", "digest_day")
    return {name: getattr(wanted, name) for name in fields} | {
        "working_days": sorted(wanted.working_days),
        "language": "en",
    }
