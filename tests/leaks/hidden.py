"""Everything that may happen in a house without any of its readers seeing it. Each change says what it did."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import delete, insert, update

from records.database import session
from records.models import Notification, NotificationMatch, RejectionReason, Role
from records.repositories import positions
from records.repositories.tree import MOST_UNREAD
from tests.api.answers import ok
from tests.leaks.house import House, Reader, cv, hidden_person
from tests.leaks.words import (
    ASKED_REASON,
    ELSEWHERE,
    FIRST_NAMES,
    INTERNAL,
    LAST_NAMES,
    NOTED,
    OTHER_REASONS,
    SOURCES,
    STAGES,
    STREAMED,
    UNSEEN_LABELS,
    WORDS,
)

# So many spellings near a word that is typed: more than an engine tries by default.
SPELLINGS = 90
# Words of everybody's profile that no tag answers to in the beginning.
LENT = (*WORDS, *FIRST_NAMES, *LAST_NAMES)
# So many people with one word come at once: that makes it less rare than another one.
COMERS, MOST_COMPARED = 20, 10
# Of the words that were mistyped so far, so many of the last ones.
MOST_MISTYPED = 100
# A house with more hidden people than this is slow to change and no harder to look into.
MOST_HIDDEN = 400
# Above the numbers of all notices that ring here.
LATER = 1_000_000
# With fewer, deleting one is put off.
FEWEST_HIDDEN = 20


class Change:
    """What changes in one round, by luck, and first of all what was just asked for."""

    def __init__(self, house: House, rng: random.Random, touched: set[str]) -> None:
        self.house = house
        self.rng = rng
        self.touched = touched

    def pick(self, choices: Sequence[str]) -> str:
        """One of these; one that somebody asked for, where there is one and mostly."""
        asked = [each for each in choices if each in self.touched]
        return self.rng.choice(asked if asked and self.rng.random() < 0.7 else list(choices))

    def somebody(self) -> str:
        """Seen or hidden: what changes about them is hidden."""
        seen = self.house.seen
        return self.pick(self.rng.choice((seen.viewed, seen.owned, self.house.hidden.people)))

    def application(self) -> str:
        """A hidden application, mostly of somebody who is seen."""
        hidden = self.house.hidden
        others = hidden.applications or hidden.applications_of_seen
        return self.pick(hidden.applications_of_seen if self.rng.random() < 0.75 else others)

    def take(self, kind: str) -> str:
        """A name that was asked for before anything had it."""
        return self.house.coming.take(kind)


Kind = Callable[[Change], str]


def somebody_comes(by: Change) -> str:
    """A hidden person, with words and tags that seen people have."""
    row = hidden_person(by.rng, *by.rng.sample(NOTED, 2))
    if by.rng.random() < 0.3:
        row["name"] = f"{by.take('person')} Nováková"
    by.house.hidden.people.append(by.house.created("/v1/candidates", row))
    by.house.hidden.emails.append(str(row["email"]))
    return f"a hidden person came: {row['name']}, {row['tags']}"


def many_write_a_word_alike(by: Change) -> str:
    """Hidden people who write a word in ninety ways near to how it was mistyped."""
    word = by.pick(by.house.mistyped[-MOST_MISTYPED:] or WORDS[:1])
    spellings = {f"{word[:at]}{sign}{word[at:]}" for at in range(1, len(word)) for sign in "abcdefg"}
    spellings |= {f"{word[:at]}{sign}{word[at + 1 :]}" for at in range(1, len(word)) for sign in "abcdefg"}
    # Those that come first by letter: of equally near ones an engine that counts keeps these.
    chosen = sorted(spellings)[:SPELLINGS]
    texts = [" ".join(chosen[at::10]) for at in range(10)]
    rows = [hidden_person(by.rng, cv_text=text) for text in texts]
    by.house.hidden.people += by.house.people(rows)
    return f"{SPELLINGS} spellings near “{word}” in hidden CVs"


def many_come(by: Change) -> str:
    """Hidden people with one word in common: it is no longer rare."""
    word = by.rng.choice(by.house.compared[-MOST_COMPARED:] or WORDS)
    rows = [hidden_person(by.rng, cv_text=f"{word} {word}", headline=word) for _ in range(COMERS)]
    by.house.hidden.people += by.house.people(rows)
    return f"{COMERS} hidden people with “{word}” in their CVs"


def somebody_is_edited(by: Change) -> str:
    """A hidden person gets another name, headline and CV."""
    person = by.pick(by.house.hidden.people)
    body = {"name": f"{by.take('person')} Svoboda", "cv_text": cv(by.rng), "headline": by.rng.choice(WORDS)}
    ok(by.house.recruiter.patch(f"/v1/candidates/{person}", json=body))
    return f"hidden person {person} was edited"


def somebody_goes(by: Change) -> str:
    """A hidden person is deleted, or several, where there are very many."""
    hidden = by.house.hidden
    if len(hidden.people) < FEWEST_HIDDEN:
        return somebody_comes(by)
    going = [by.pick(hidden.people)]
    if len(hidden.people) > MOST_HIDDEN:
        going += [each for each in hidden.people[: len(hidden.people) - MOST_HIDDEN // 2] if each not in going]
    for person in going:
        ok(by.house.recruiter.delete(f"/v1/candidates/{person}"), 204)
        hidden.leave(person)
    hidden.gone.append(going[0])
    return f"hidden {', '.join(going)} deleted"


def somebody_applies(by: Change) -> str:
    """An application to a position that is not shared, of a seen or hidden person."""
    person, position = by.somebody(), by.pick(by.house.hidden.open_positions)
    source = by.take("source") if by.rng.random() < 0.2 else by.rng.choice(SOURCES)
    stage = by.take("stage") if by.rng.random() < 0.2 else by.rng.choice(STAGES)
    given = by.house.application(person, position, stage=stage, source=source)
    by.house.hidden.applied(person, given)
    return f"{person} applied for hidden {position} ({stage}, {source})"


def an_application_moves(by: Change) -> str:
    """A hidden application comes to another stage."""
    application, stage = by.application(), by.rng.choice(STAGES)
    ok(by.house.recruiter.patch(f"/v1/applications/{application}", json={"stage": stage}))
    return f"hidden application {application} moved to {stage}"


def a_note_is_written(by: Change) -> str:
    """A note beside a hidden application, in words that are searched for."""
    application, words = by.application(), [by.pick((*NOTED, *WORDS)) for _ in range(3)]
    ok(by.house.recruiter.post(f"/v1/applications/{application}/notes", json={"text": " ".join(words)}), 201)
    return f"a note “{' '.join(words)}” beside hidden application {application}"


def an_application_is_rejected(by: Change) -> str:
    """A hidden application ends."""
    application, reason = by.application(), by.pick(by.house.hidden.reasons)
    body = {"reason": reason, "note": by.rng.choice(NOTED)}
    ok(by.house.recruiter.put(f"/v1/applications/{application}/rejection", json=body))
    return f"hidden application {application} rejected for {reason}"


def a_rejection_is_undone(by: Change) -> str:
    """A hidden application is open again."""
    application = by.application()
    ok(by.house.recruiter.delete(f"/v1/applications/{application}/rejection"))
    return f"the rejection of hidden application {application} undone"


def a_colleague_tags(by: Change) -> str:
    """A label that no tracked pool asks for, or an internal tag, on a seen person or off."""
    person, tag = by.somebody(), by.rng.choice((*UNSEEN_LABELS, *INTERNAL))
    if by.rng.random() < 0.6:
        by.house.recruiter.post(f"/v1/candidates/{person}/tags", json={"tags": [tag]})
        return f"“{tag}” put on {person}"
    key = tag.replace(" ", "_")
    keys = [row["key"] for row in ok(by.house.recruiter.get("/v1/tags", params={"q": tag}))]
    ok(by.house.recruiter.delete(f"/v1/candidates/{person}/tags/{keys[0] if keys else key}"), 204)
    return f"“{tag}” taken off {person}"


def a_source_is_corrected(by: Change) -> str:
    """Where a person came from is not for readers."""
    person = by.somebody()
    ok(by.house.recruiter.patch(f"/v1/candidates/{person}", json={"source": by.rng.choice((*SOURCES, "fair"))}))
    return f"source of {person} corrected"


def a_tag_appears(by: Change) -> str:
    """A new tag that only a hidden person carries, or nobody. Its other names may be words of everybody's CVs."""
    kind = by.rng.choice(("skill", "skill", "town", "label", "language"))
    name = by.take(kind)
    real = {"town": "location"}.get(kind, kind)
    unused = [word for word in LENT if word not in by.house.hidden.lent]
    aliases = by.rng.sample(unused, 2) if len(unused) > 1 and by.rng.random() < 0.4 else [f"{name} alias"]
    by.house.hidden.lent.update(aliases)
    by.house.created("/v1/tags", {"name": name, "kind": real, "synonyms": aliases})
    if kind != "language" and by.rng.random() < 0.8:
        person = by.pick(by.house.hidden.people)
        into = "locations" if real == "location" else "tags"
        ok(by.house.recruiter.post(f"/v1/candidates/{person}/tags", json={into: [name]}))
    if kind == "skill":
        by.house.hidden.tags.append(name)
    elif kind == "town":
        by.house.hidden.towns.append(name)
    return f"a new {real} “{name}”, also called {aliases}, on hidden people at most"


def a_word_becomes_a_tag(by: Change) -> str:
    """A tag that is called like a word a tracked pool asks for; nobody carries it. The pool is filled anew."""
    name = by.rng.choice(STREAMED)
    answer = by.house.recruiter.post("/v1/tags", json={"name": name, "kind": "skill"})
    return f"a tag “{name}” that nobody carries ({answer.status_code})"


def a_hidden_tag_changes(by: Change) -> str:
    """A tag of hidden people only gets other synonyms, another name or another place in the tree."""
    if by.house.hidden.towns and by.rng.random() < 0.3:
        town, parent = by.pick(by.house.hidden.towns), by.rng.choice((*ELSEWHERE, None))
        by.house.recruiter.patch(f"/v1/tags/{town}", json={"parent": parent})
        return f"hidden town {town} moved below {parent}"
    key = by.pick(by.house.hidden.tags)
    alias = f"alias {uuid.uuid4().hex[:6]}"
    ok(by.house.recruiter.patch(f"/v1/tags/{key}", json={"synonyms": [alias]}))
    return f"hidden tag {key} is also called “{alias}”"


def a_pool_is_made(by: Change) -> str:
    """A pool that no reader tracks, not below one they do."""
    name = by.take("pool")
    parent = by.rng.choice((None, by.pick(by.house.hidden.pools)))
    untold = {"rejections": {"never": True}, "tags": {"any": ["Python"]}}
    criteria = by.rng.choice(({"tags": {"any": ["Java", "SQL"]}}, untold, {"text": "payments"}))
    answer = by.house.recruiter.post("/v1/pools", json={"name": name, "criteria": criteria, "parent": parent})
    if answer.status_code == 201:
        by.house.hidden.pools.append(str(answer.json()["id"]))
    return f"a hidden pool “{name}” ({answer.status_code})"


def a_hidden_pool_changes(by: Change) -> str:
    """Renamed, or asked otherwise."""
    hidden = by.house.hidden
    # The last of the first four has a tracked pool below it, which asks what it asks.
    pool = by.pick([each for each in hidden.pools if each != hidden.pools[3]])
    path = f"/v1/pools/{pool}"
    if by.rng.random() < 0.5:
        criteria = {"tags": {"any": [by.rng.choice(("SQL", "React", "Docker"))]}}
        by.house.recruiter.patch(path, json={"criteria": criteria})
        return f"hidden pool {pool} asks for {criteria}"
    ok(by.house.recruiter.patch(path, json={"name": by.take("pool")}))
    return f"hidden pool {pool} renamed"


def a_hidden_pool_goes(by: Change) -> str:
    """Deleted, unless something lies below it."""
    hidden = by.house.hidden
    later = hidden.pools[4:]
    if not later:
        return a_pool_is_made(by)
    pool = by.pick(later)
    answer = by.house.recruiter.delete(f"/v1/pools/{pool}")
    if answer.status_code == 204:
        hidden.pools.remove(pool)
    return f"hidden pool {pool} deleted ({answer.status_code})"


def the_pool_above_is_renamed(by: Change) -> str:
    """A tracked pool lies below one that is not tracked."""
    ok(by.house.recruiter.patch(f"/v1/pools/{by.house.hidden.pools[3]}", json={"name": by.take("pool")}))
    return "the untracked pool above a tracked one renamed"


def a_tracked_pool_is_reworded(by: Change) -> str:
    """It asks in other words for the people who are in it. What it asks is not for those who track it."""
    word, others = by.rng.choice(STREAMED[:2]), by.rng.sample(STREAMED[2:], by.rng.randint(0, 2))
    text = " OR ".join([word, *others])
    ok(by.house.recruiter.patch(f"/v1/pools/{by.house.seen.streams_pool}", json={"criteria": {"text": text}}))
    return f"the tracked pool of the streams asks for “{text}” and has the same people"


def a_colleague_comes_or_changes(by: Change) -> str:
    """Other users: added, renamed, given another role, deactivated, given tokens."""
    house, admin = by.house, by.house.administrator
    if not house.hidden.users or by.rng.random() < 0.4:
        role = by.rng.choice(list(Role))
        body = {"email": f"{uuid.uuid4().hex[:10]}@example.com", "name": by.take("person"), "role": role.value}
        user = str(ok(admin.post("/v1/users", json=body), 201)["id"])
        house.hidden.users.append(user)
        house.hidden.colleagues.append(body["email"])
        token = ok(admin.post(f"/v1/users/{user}/tokens", json={"name": "laptop"}), 201)["id"]
        house.hidden.tokens.append((user, str(token)))
        return f"a new {role.value} {user}"
    user = by.pick(house.hidden.users)
    changed: list[dict[str, Any]] = [{"name": "Other Name"}, {"active": False}, {"active": True}, {"role": "recruiter"}]
    body = by.rng.choice(changed)
    ok(admin.patch(f"/v1/users/{user}", json=body))
    own = [pair for pair in house.hidden.tokens if pair[0] == user]
    if own and by.rng.random() < 0.3:
        ok(admin.delete(f"/v1/users/{user}/tokens/{own[0][1]}"), 204)
        house.hidden.tokens.remove(own[0])
    return f"user {user}: {body}"


def a_colleague_tracks(by: Change) -> str:
    """Somebody else begins or ends to track any pool, one of the reader's too."""
    users = [by.house.neighbour_id, *by.house.hidden.users]
    user = by.rng.choice(users)
    pool = by.pick([*by.house.seen.pools, *by.house.hidden.pools])
    method = by.rng.choice(("PUT", "PUT", "DELETE"))
    answer = by.house.administrator.request(method, f"/v1/users/{user}/tracking/{pool}")
    return f"{method} tracking of {pool} by {user} ({answer.status_code})"


def a_colleague_is_given_something(by: Change) -> str:
    """An application or position, one of the reader's too, is shared with somebody else or taken back."""
    house, method = by.house, by.rng.choice(("PUT", "PUT", "DELETE"))
    if by.rng.random() < 0.5:
        what = f"applications/{by.pick([*house.seen.applications, *house.hidden.applications])}"
    else:
        what = f"positions/{by.pick([*house.seen.positions, *house.hidden.positions])}"
    answer = house.recruiter.request(method, f"/v1/{what}/shares/{house.neighbour_id}")
    return f"{method} share of {what} with a neighbour ({answer.status_code})"


def a_colleague_asks_for_somebody(by: Change) -> str:
    """A neighbour who tracks a pool of the reader's wants somebody in it, or is done with them."""
    house = by.house
    ok(house.administrator.put(f"/v1/users/{house.neighbour_id}/tracking/{house.seen.pools[0]}"), 204)
    person, kind = by.pick(house.seen.viewed), by.rng.choice(("want", "want", "done"))
    answer = house.neighbour.post(f"/v1/candidates/{person}/{kind}", json={"remark": "Mine!"})
    return f"a neighbour said “{kind}” of {person} ({answer.status_code})"


def a_colleague_is_invited(by: Change) -> str:
    """Somebody is invited, or no longer."""
    hidden = by.house.hidden
    if hidden.invitations and by.rng.random() < 0.4:
        gone = by.pick(hidden.invitations)
        ok(by.house.administrator.delete(f"/v1/invitations/{gone}"), 204)
        hidden.invitations.remove(gone)
        return f"invitation {gone} taken back"
    body = {"email": f"{uuid.uuid4().hex[:10]}@example.com", "name": by.take("person"), "role": "hiring_manager"}
    hidden.invitations.append(str(ok(by.house.administrator.post("/v1/invitations", json=body), 201)["id"]))
    hidden.colleagues.append(body["email"])
    return f"{body['email']} invited"


def a_position_changes(by: Change) -> str:
    """A hidden position is opened, renamed, closed or opened again."""
    hidden = by.house.hidden
    if by.rng.random() < 0.4:
        title = by.take("position")
        made = by.house.created("/v1/positions", {"title": title})
        hidden.positions.append(made)
        hidden.open_positions.append(made)
        hidden.titles.append(title)
        return f"a hidden position “{title}”"
    # The first two stay open, so that somebody can apply.
    known, later = hidden.positions[:2], hidden.positions[2:]
    position = by.pick(later or known)
    closes = position in later and by.rng.random() < 0.4
    body = {"status": "closed"} if closes else {"title": by.take("position")}
    ok(by.house.recruiter.patch(f"/v1/positions/{position}", json=body))
    if "status" in body and position in hidden.open_positions:
        hidden.open_positions.remove(position)
    if "title" in body:
        hidden.titles.append(body["title"])
    return f"hidden position {position}: {body}"


def a_reason_is_added(by: Change) -> str:
    """A reason that no application the reader sees has."""
    name = by.take("reason")
    body = {"name": name, "said_by": by.rng.choice(("us", "candidate"))}
    ok(by.house.administrator.post("/v1/rejection-reasons", json=body), 201)
    by.house.hidden.reasons.append(name)
    return f"a reason “{name}”"


def a_hidden_reason_is_renamed(by: Change) -> str:
    """A reason of hidden applications gets the name of another one but for how it is spelt.

    No administrator may do so any more, but there are such names in installations that are older than that.
    """
    with session() as db:
        names = {row.key: row.name for row in positions.reasons(db)}
        # The first of the others is that of an application the reader was given; its key is its name.
        key = by.pick(sorted(names.keys() - {OTHER_REASONS[0]}))
        twins = [way(name) for name in (ASKED_REASON, *OTHER_REASONS) for way in (str.upper, str.title, str.swapcase)]
        if not (free := [twin for twin in twins if twin not in names.values()]):
            return "no hidden reason is renamed: every way to spell a name is taken"
        name = by.rng.choice(free)
        db.execute(update(RejectionReason).where(RejectionReason.key == key).values(name=name))
        db.commit()
    return f"the hidden reason {key} is called “{name}”"


def notices_are_left_of_a_pool(by: Change) -> str:
    """Newer ones than any the reader sees, of a pool they track no more; or they go with the person they told of."""
    reader, left = uuid.UUID(by.house.ids[Reader.MANAGER]), "left:%"
    with session() as db:
        gone = db.execute(delete(Notification).where(Notification.user_id == reader, Notification.group_key.like(left)))
        if gone.rowcount:  # type: ignore[attr-defined]  # of a deletion there is one
            db.commit()
            return "the notices that were left of a pool are gone"
        person, pool = uuid.UUID(by.pick(by.house.hidden.people)), uuid.UUID(by.house.hidden.pools[0])
        ids = [uuid.uuid4() for _ in range(MOST_UNREAD)]
        rows = [
            {"id": id_, "user_id": reader, "seq": 0, "rung": LATER + n, "kind": "match", "group_key": f"left:{n}"}
            for n, id_ in enumerate(ids)
        ]
        db.execute(insert(Notification), rows)
        told = [{"notification_id": id_, "candidate_id": person, "pool_id": pool} for id_ in ids]
        db.execute(insert(NotificationMatch), told)
        db.commit()
    return f"{len(ids)} notices are left that {person} came to {pool}"


# How often each happens. What costs the worker most comes seldom.
CHANGES: dict[Kind, float] = {
    somebody_comes: 2,
    many_write_a_word_alike: 2.5,
    many_come: 2.5,
    somebody_is_edited: 1,
    somebody_goes: 3,
    somebody_applies: 3,
    an_application_moves: 1.5,
    a_note_is_written: 4,
    an_application_is_rejected: 3,
    a_rejection_is_undone: 1,
    a_colleague_tags: 4,
    a_source_is_corrected: 1.5,
    a_tag_appears: 4,
    a_word_becomes_a_tag: 0.4,
    a_hidden_tag_changes: 1,
    a_pool_is_made: 1.5,
    a_hidden_pool_changes: 1,
    a_hidden_pool_goes: 2,
    the_pool_above_is_renamed: 0.5,
    a_tracked_pool_is_reworded: 2,
    a_colleague_comes_or_changes: 2,
    a_colleague_tracks: 2,
    a_colleague_is_given_something: 1.5,
    a_colleague_asks_for_somebody: 2,
    a_colleague_is_invited: 1,
    a_position_changes: 2,
    a_reason_is_added: 1,
    a_hidden_reason_is_renamed: 2,
    notices_are_left_of_a_pool: 1.5,
}
