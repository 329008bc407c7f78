"""What the caller wants to hear of, where, how often and when; and what the house says for whoever chose nothing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Literal, Self
from zoneinfo import available_timezones

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model, model_validator

from api.fields import Body, Id, Line
from api.routes import mine
from api.routes.mine import MyPool, tracked
from api.wire import StrictRoute
from api.work import AdministratorWork, ReaderWork, Work
from core.errors import Conflict, Invalid, Problem, TooMany
from core.languages import NAMES
from core.wake import waker
from notifications.events import BY_NAME, CHANNELS, EVENTS, Channel, EventName, Rhythm, events_for
from notifications.hours import Hours
from notifications.outcome import Outcome, Refused, Sent
from notifications.reach import reach
from notifications.redating import redate
from notifications.trial import send_test
from notifications.wishes import USUAL_HOURS, USUAL_LANGUAGE, Wishes, hours_of
from records.repositories import attempts, deliveries, preferences
from records.repositories.attempts import Bucket, Patience
from records.repositories.preferences import Chosen

router = APIRouter(tags=["notices wanted"], route_class=StrictRoute)

# A test is looked at before the next one is sent.
_TESTS = Patience(free=3, leak_s=60, longest_s=120)


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """Every time zone there is."""
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in zones():
        raise ValueError("There is no such time zone; one is Europe/Prague.")
    return name


def _known_language(code: str) -> str:
    if code not in NAMES:
        raise ValueError("There is no such language.")
    return code


Minute = Annotated[int, Field(strict=True, ge=0, le=1439, description="Minutes after midnight.")]
Day = Annotated[int, Field(strict=True, ge=0, le=6, description="Days count from Monday, which is 0.")]


class ReadingHours(Body):
    """When to be told. In quiet hours, and on days that are no working days, what is told at once waits."""

    zone: Annotated[Line, AfterValidator(_known_zone)]
    language: Annotated[Line, AfterValidator(_known_language)] = Field(description="In which messages are written.")
    quiet_from: Minute | None = None
    quiet_until: Minute | None = None
    working_days: frozenset[Day] = Field(min_length=1)
    digest_at: Minute
    digest_day: Day

    @model_validator(mode="after")
    def _quiet_is_whole(self) -> Self:
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValueError("Quiet hours have a beginning and an end; give both, or neither.")
        if self.quiet_from is not None and self.quiet_from == self.quiet_until:
            raise ValueError("Quiet hours that end when they begin are none; give other times, or neither.")
        return self


class Where(BaseModel):
    """A channel."""

    model_config = ConfigDict(from_attributes=True)

    channel: Channel
    here: bool = Field(description="Whether this installation has it set up.")
    reached: bool = Field(description="Whether something can be sent to me there now.")
    reason: str | None = Field(description="A word for why not.")
    refused: bool = Field(description="Nothing would be taken for me there; a test that arrives ends that.")


class Often(BaseModel):
    """How often, on one channel."""

    rhythm: Rhythm = Field(description="What is in effect.")
    chosen: Rhythm | None = Field(description="What was chosen; null where nothing was.")
    otherwise: Rhythm = Field(description="What is in effect where nothing is chosen.")


class Heard(BaseModel):
    """A kind of event."""

    event: EventName
    channels: dict[Channel, Often]


class PoolHeard(MyPool):
    """A pool I track, or one below it, and what I chose for it and those below it, over what I chose for all."""

    channels: dict[Channel, Rhythm]
    otherwise: dict[Channel, Rhythm] = Field(description="What is in effect where nothing is chosen for it.")
    from_above: frozenset[Channel] = Field(description="Where that was chosen for a pool above it, not for all pools.")


class Told(BaseModel):
    """When, and whether that was chosen."""

    chosen: bool
    hours: ReadingHours


class NoticesWanted(BaseModel):
    """What I hear of, where, how often and when."""

    channels: list[Where]
    events: list[Heard]
    pools: list[PoolHeard]
    told: Told


class HouseNotices(BaseModel):
    """What holds for whoever chose nothing."""

    events: list[Heard]
    told: Told


class OnChannels(Body):
    """How often, by channel; one that is not named stays as it is."""

    email: Rhythm | None = None
    push: Rhythm | None = None
    slack: Rhythm | None = None

    @property
    def named(self) -> dict[Channel, Rhythm | None]:
        """Those that were named."""
        return {channel: getattr(self, channel) for channel in CHANNELS if channel in self.model_fields_set}


if TYPE_CHECKING:

    class Choices(Body):
        """How often to hear of each kind of event; one that is not named stays as it is."""

else:
    # A field for each that is declared.
    Choices = create_model(
        "Choices",
        __base__=Body,
        **{event.name: (OnChannels, Field(default_factory=OnChannels)) for event in EVENTS},
    )


class Choosing(Body):
    """What to change; what is not named stays as it is. Null, for a rhythm or the hours: as the house says."""

    choices: Choices = Field(default_factory=Choices)
    hours: ReadingHours | None = None


class ChoosingForPool(Body):
    """By channel how often to hear of one pool and those below it; null: as of all pools. Others stay as they are."""

    channels: OnChannels


class Testing(Body):
    """Where to send a test."""

    channel: Channel


class Tested(BaseModel):
    """What came of a test."""

    outcome: Literal["sent", "later", "refused"]
    reason: str | None = Field(description="A word for why it was not sent.")
    said: str | None = Field(description="What the far end said of it.")


@router.get("/me/notices", summary="What I want to hear of")
def wanted(work: ReaderWork) -> NoticesWanted:
    """Every kind of event that my role can hear of, on every channel; the pools I track; when I want to be told."""
    chosen = _chosen(work)
    wishes = Wishes(chosen)
    return NoticesWanted(
        channels=[Where.model_validate(each) for each in reach(work.db, work.caller.id)],
        events=[
            Heard(
                event=event.name,
                channels={
                    channel: _often(
                        wishes.rhythm(event, channel),
                        chosen.choices.get((event.name, channel)),
                        chosen.house.get((event.name, channel)) or event.usual[channel],
                    )
                    for channel in CHANNELS
                },
            )
            for event in events_for(work.caller.role)
        ],
        pools=_pools_heard(mine.my_pools(work), wishes),
        told=Told(chosen=chosen.hours is not None, hours=_hours(wishes.hours, wishes.language)),
    )


@router.put("/me/notices", summary="Choose what I want to hear of")
def choose(body: Choosing, work: ReaderWork) -> NoticesWanted:
    """It holds for what leaves from now on, whatever waits already."""
    _can_be_heard(work, _named(body.choices))
    for event, rhythms in _named(body.choices).items():
        for channel, rhythm in rhythms.items():
            preferences.choose(work.db, work.caller.id, event, channel, rhythm)
    _keep_hours(body, work, work.caller.id)
    work.commit()
    waker.couriers()
    return wanted(work)


@router.put("/pools/{pool}/notices", status_code=204, summary="Choose how often to hear of a pool")
def choose_for_pool(pool: Id, body: ChoosingForPool, work: ReaderWork) -> None:
    """Of it and those below it, over what is chosen for all pools; it ends with the tracking."""
    tracked(work, pool)
    for channel, rhythm in body.channels.named.items():
        preferences.choose_pool(work.db, work.caller.id, pool, channel, rhythm)
    work.commit()


@router.delete("/pools/{pool}/notices", status_code=204, summary="Hear of a pool as of all of them")
def forget_for_pool(pool: Id, work: ReaderWork) -> None:
    """Nothing is chosen for it any more."""
    tracked(work, pool)
    for channel in CHANNELS:
        preferences.choose_pool(work.db, work.caller.id, pool, channel, None)
    work.commit()


@router.post("/me/notices/test", summary="Send me a test")
def send_me_a_test(body: Testing, work: ReaderWork) -> Tested:
    """One sentence, now. Once it is taken, whatever was refused there before, notices are sent there again."""
    user, channel = work.caller.id, body.channel
    (found,) = [each for each in reach(work.db, user) if each.channel == channel]
    if not found.here:
        raise Conflict("This installation sends nothing there.")
    if not (found.reached or found.refused):
        raise Conflict("There is no way to you there yet.")
    wait_s = attempts.count(work.db, Bucket(f"test:{user}", _TESTS))
    language = Wishes(_chosen(work)).language
    reader = deliveries.readers(work.db, [user])[user]
    # No connection is held while the far end thinks.
    work.commit()
    if wait_s:
        raise TooMany("There were many tests just now; wait a little, then send another one.", wait_s)
    outcome = send_test(reader, channel, language)
    if isinstance(outcome, Sent):
        deliveries.reachable(work.db, user, channel)
        work.commit()
    return _tested(outcome)


@router.get("/settings/notices", summary="What the house wants to be heard of")
def house(work: AdministratorWork) -> HouseNotices:
    """Every kind of event on every channel, and when: for whoever chose nothing."""
    chosen = _chosen(work)
    stored = chosen.house_hours
    return HouseNotices(
        events=[
            Heard(
                event=event.name,
                channels={
                    channel: _often(own or event.usual[channel], own, event.usual[channel])
                    for channel in CHANNELS
                    for own in [chosen.house.get((event.name, channel))]
                },
            )
            for event in EVENTS
        ],
        told=Told(
            chosen=stored is not None,
            hours=_hours(hours_of(stored), stored["language"]) if stored else _hours(USUAL_HOURS, USUAL_LANGUAGE),
        ),
    )


@router.put("/settings/notices", summary="Choose for the house")
def choose_for_house(body: Choosing, work: AdministratorWork) -> HouseNotices:
    """It holds at once for whoever chose nothing. Null: as the product says."""
    for event, rhythms in _named(body.choices).items():
        for channel, rhythm in rhythms.items():
            preferences.choose_for_house(work.db, event, channel, rhythm)
    _keep_hours(body, work, None)
    work.commit()
    waker.couriers()
    return house(work)


def _keep_hours(body: Choosing, work: Work, user: uuid.UUID | None) -> None:
    """Those of a user, or (None) of the house; what waits already leaves by them."""
    if "hours" not in body.model_fields_set:
        return
    if body.hours is None:
        preferences.forget_hours(work.db, user)
    else:
        preferences.set_hours(work.db, user, _stored(body.hours))
    redate(work.db, user)


def _chosen(work: Work) -> Chosen:
    return preferences.of(work.db, [work.caller.id])[work.caller.id]


def _often(rhythm: str, chosen: str | None, otherwise: str) -> Often:
    return Often.model_validate({"rhythm": rhythm, "chosen": chosen, "otherwise": otherwise})


def _pools_heard(pools: Sequence[MyPool], wishes: Wishes) -> list[PoolHeard]:
    chosen, parents = wishes.chosen.pools, {pool.id: pool.parent for pool in pools}
    heard = []
    for pool in pools:
        above: list[uuid.UUID] = []
        parent = pool.parent
        while parent is not None:
            above.insert(0, parent)
            parent = parents.get(parent)
        otherwise = {channel: wishes.rhythm(BY_NAME["new_in_pool"], channel, above) for channel in CHANNELS}
        heard.append(
            PoolHeard.model_validate(
                {
                    **pool.model_dump(),
                    "channels": {each: chosen[pool.id, each] for each in CHANNELS if (pool.id, each) in chosen},
                    "otherwise": otherwise,
                    "from_above": {each for each in CHANNELS if any((one, each) in chosen for one in above)},
                }
            )
        )
    return heard


def _named(choices: Choices) -> dict[EventName, dict[Channel, Rhythm | None]]:
    return {
        event.name: getattr(choices, event.name).named for event in EVENTS if event.name in choices.model_fields_set
    }


def _can_be_heard(work: Work, choices: Mapping[EventName, object]) -> None:
    problems = tuple(
        Problem(f"body.choices.{event}", "Your role does not hear of this.")
        for event in choices
        if work.caller.role not in BY_NAME[event].roles
    )
    if problems:
        raise Invalid("Your role does not hear of this.", problems=problems)


def _hours(hours: Hours, language: str) -> ReadingHours:
    return ReadingHours(
        zone=hours.zone,
        language=language,
        quiet_from=hours.quiet_from,
        quiet_until=hours.quiet_until,
        working_days=hours.working_days,
        digest_at=hours.digest_at,
        digest_day=hours.digest_day,
    )


def _stored(hours: ReadingHours) -> dict[str, object]:
    return {**hours.model_dump(), "working_days": sorted(hours.working_days)}


def _tested(outcome: Outcome) -> Tested:
    if isinstance(outcome, Sent):
        return Tested(outcome="sent", reason=None, said=None)
    # What is wrong with the way to the far end is for administrators, in the log.
    away = not isinstance(outcome, Refused) and outcome.for_all
    return Tested(
        outcome="refused" if isinstance(outcome, Refused) else "later",
        reason=outcome.reason,
        said=None if away else outcome.said or None,
    )
