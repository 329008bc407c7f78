"""`micropools demo`: the product on real parts with real data, and its main job shown."""

from __future__ import annotations

import time
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress
from rich.table import Table

from cli.accounts import FILE, KEPT_IN, Login, sample_logins, sample_password
from cli.console import Api, err, fail, print_json, progress_bar, use_product, watch_backlog
from cli.loading import load_people, load_pools
from cli.ringing import Rung, listen, post_and_hear
from core.settings import settings
from embedded.letters import Letter, letters
from embedded.ports import free_ports
from embedded.product import Shape, mailbox_folder
from embedded.running import end, ensure, keeps_letters
from records.database import session
from records.models import Role
from records.repositories import figures, positions, preferences, tags
from records.repositories.tags import NewTag
from sample.locations import locations
from sample.profiles import candidates
from sample.reasons import REASONS
from sample.requirements import pools
from sample.tags import skills

PEOPLE = 5_500
POOLS = 600
# A letter takes a second. In a second run within the hour it waits, so that nobody is written to all the time.
LETTERS_S = 10.0

# Tracked by the sample users, beside hundreds that nobody tracks.
TRACKED: tuple[tuple[str, dict[str, Any], tuple[Role, ...]], ...] = (
    (
        "Python in South Moravia",
        {"tags": {"any": ["Python"]}, "locations": {"any": ["Jihomoravský kraj"]}},
        (Role.HIRING_MANAGER, Role.RECRUITER),
    ),
    (
        "PostgreSQL or MySQL, 5 years and more",
        {"tags": {"any": ["Postgres", "MySQL"]}, "experience": {"any": ["5-9", "10-19", "20+"]}},
        (Role.HIRING_MANAGER,),
    ),
    ("Django + Linux", {"tags": {"all": ["Django", "Linux"]}}, (Role.RECRUITER, Role.ADMINISTRATOR)),
    ("“event sourcing” in the CV", {"text": '"event sourcing"'}, (Role.ADMINISTRATOR,)),
)

ARRIVAL: dict[str, Any] = {
    "name": "Demo Person Nováková",
    "email": "demo.person@example.com",
    "phone": "+420 000 000 000",
    "headline": "Back-end developer",
    "cv_text": "Služby v Pythonu, návrh databází, event sourcing a fronty zpráv.",
    "source": "career site",
    "years_experience": 7,
    "languages": [{"code": "cs", "level": "c2"}, {"code": "en", "level": "b2"}],
    "tags": ["Python", "Django", "Postgres", "Linux", "Docker"],
    "locations": ["Brno"],
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Show the main job, print one JSON line, stop everything")
    ] = False,
    home: Annotated[Path | None, typer.Option("--home", help="MICROPOOLS_HOME, else ./.micropools")] = None,
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535)] = None,
) -> None:
    """Start everything, load real people and pools, post a person, hear the bells. A second run keeps the data."""
    place = (home or settings().home).expanduser().resolve()
    shape = Shape(settings().host, port or settings().port, mailbox_port=free_ports(1)[0])
    product = ensure(place, shape, err.print)
    try:
        use_product(place)
        logins = sample_logins(place)
        with Api(product.address, logins[Role.ADMINISTRATOR].token) as api:
            load(api, logins)
        mailing = keeps_letters(place)
        before = letters(mailbox_folder(place))
        rung = show(product.address, logins)
        if mailing:
            _say_letters(_letters_since(mailbox_folder(place), before, len(rung.bells)))
        with session() as db:
            totals = figures.totals(db)
    except BaseException:
        if once:
            end(place)
        raise
    if once:
        end(place)
        if not rung.bells:
            raise fail(f"No bell rang within the time it may take. See {place}/logs.")
        print_json(
            {
                "candidates": totals["candidates"],
                "pools": totals["pools"],
                "matched_pools": len(rung.pools),
                "bells": len(rung.bells),
                "post_to_bell_ms": round(rung.last_bell_ms, 1),
            }
        )
    else:
        _say_goodbye(product.address, place, logins, mailing)


def load(api: Api, logins: Mapping[Role, Login]) -> None:
    """Bring the sample in, unless it is there: places, skills, reasons, pools, people, tracking."""
    with session() as db:
        there = figures.totals(db)
    if there["candidates"] >= PEOPLE and there["pools"] >= POOLS:
        err.print(f"The data of the last run is still here: {there['candidates']} people, {there['pools']} pools.")
        return
    with progress_bar() as bar:
        if not there["pools"]:
            _vocabulary(bar)
            _pools(api, bar, logins)
        missing = PEOPLE - there["candidates"]
        load_people(
            api,
            bar,
            islice(candidates(PEOPLE), there["candidates"], None),
            missing,
            name="Sample people",
            notices="silent",
            new_tags=True,
        )
        watch_backlog(bar, "people in their pools", "candidate", missing)


def _vocabulary(bar: Progress) -> None:
    """Places as a tree, skills with their synonyms, reasons: straight into the records, as a migration would."""
    task = bar.add_task("places and skills", total=len(locations()) + len(skills()))
    with session() as db:
        for location in locations():
            tags.add(db, NewTag(location.name, "location", location.key, location.parent, location.synonyms))
            bar.advance(task)
        for skill in skills():
            tags.add(db, NewTag(skill.name, "skill", skill.key, None, skill.synonyms))
            bar.advance(task)
        for reason in REASONS:
            positions.add_reason(db, reason.name, reason.by)
        db.commit()


def _pools(api: Api, bar: Progress, logins: Mapping[Role, Login]) -> None:
    load_pools(api, bar, pools(POOLS - len(TRACKED)), POOLS - len(TRACKED))
    for name, criteria, roles in TRACKED:
        made = api.call("POST", "/v1/pools", {"name": name, "criteria": criteria})
        for role in roles:
            api.call("PUT", f"/v1/users/{logins[role].id}/tracking/{made['id']}")
    # Nobody who looks at a demo waits for the morning.
    with session() as db:
        for login in logins.values():
            if login.role != Role.ANALYST:
                preferences.choose(db, login.id, "new_in_pool", "email", "instant")
        db.commit()
    watch_backlog(bar, "pools registered", "pool", POOLS)


def show(address: str, logins: Mapping[Role, Login]) -> Rung:
    """The main job: a person arrives. Printed with the milliseconds after sending the POST."""
    readers = [logins[role] for role in Role if any(role in tracked[2] for tracked in TRACKED)]
    ears = listen(address, [login for login in readers if login.role != Role.RECRUITER])
    with Api(address, logins[Role.RECRUITER].token) as api:
        rung = post_and_hear(api, ears, ARRIVAL)
    table = Table(title=f"A candidate arrives: {ARRIVAL['name']}", title_justify="left")
    table.add_column("after", justify="right")
    table.add_column("what happened")
    table.add_row(f"{rung.accepted_ms:.1f} ms", "the API has stored the person, and the intent to match them")
    for login, ms, notice in sorted(rung.bells, key=lambda bell: bell[1]):
        named = ", ".join(pool["name"] for pool in notice["pools"])
        table.add_row(f"{ms:.1f} ms", f"the bell of {login.email} rings: {named}")
    err.print(table)
    err.print(f"The person is now in {len(rung.pools)} of the pools:")
    for pool in rung.pools[:12]:
        why = ", ".join(reason["value"] for reason in pool["why"])
        err.print(f"  • {pool['name']}  [dim]({why})[/dim]", highlight=False)
    if len(rung.pools) > 12:
        err.print(f"  … and {len(rung.pools) - 12} more.")
    err.print("The recruiter who added them tracks two of these pools, and is not told of their own act.")
    return rung


def _letters_since(folder: Path, before: list[Letter], wanted: int) -> list[Letter]:
    """The letters that came, newest first; those that take longer than they should are not waited for."""
    there = {letter.name for letter in before}
    ends = time.monotonic() + LETTERS_S
    while True:
        new = [letter for letter in letters(folder) if letter.name not in there]
        if len(new) >= wanted or time.monotonic() > ends:
            return new
        time.sleep(0.1)


def _say_letters(new: list[Letter]) -> None:
    for letter in reversed(new):
        err.print(f"A letter to {letter.to}: {letter.subject}", highlight=False, markup=False)


def _say_goodbye(address: str, home: Path, logins: Mapping[Role, Login], mailing: bool) -> None:
    err.print(f"\nMicropools runs at {address} (the API: {address}/openapi.json). Sign in there as any of these, with")
    err.print(
        f"the password {sample_password(home, logins)}, or ask the API with their bearer tokens:", highlight=False
    )
    for login in logins.values():
        err.print(f"  {login.email:<32} {login.token}", highlight=False, soft_wrap=True)
    err.print(f"They are kept in {home / FILE} and {home / KEPT_IN}. Try one:", highlight=False, soft_wrap=True)
    token = logins[Role.HIRING_MANAGER].token
    err.print(f"  curl -H 'Authorization: Bearer {token}' {address}/v1/notifications", highlight=False, soft_wrap=True)
    if mailing:
        err.print(
            f"Letters are sent to nobody; the administrator reads them at {address}/demo/mailbox", highlight=False
        )
    err.print("Stop it with: make stop   (the data stays; the next `make demo` starts in seconds)")
