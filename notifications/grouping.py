"""From entries into pools to notices: who is told, who is not, and what becomes one notice (I2, I6). Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from records.outbox import Notices
from records.repositories.notices import Notice

# When several changes of one person are handled together, the loudest of them decides.
LOUDNESS: dict[Notices, int] = {"silent": 0, "summary": 1, "follow": 2, "each": 3}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a change of a candidate came from: who is not told of it, and how the others are."""

    actor: uuid.UUID | None = None
    batch: uuid.UUID | None = None
    notices: Notices = "each"


@dataclass(frozen=True, slots=True)
class Entered:
    """A person who became a match of a pool that readers see, at this version."""

    candidate: uuid.UUID
    version: int
    pool: uuid.UUID


def together(origins: Sequence[Origin]) -> Origin:
    """One origin for several changes handled at once. An actor is spared only what nobody else had a hand in.

    A silent change (a tag renamed) beside a louder one had none: nobody would be told of it alone. Nor had one that
    follows: a bell that rings for the actor would say that something hidden happened beside their act. What follows
    is left out altogether beside an import, whose own way of telling then decides.
    """
    if any(origin.batch and origin.notices != "follow" for origin in origins):
        origins = [origin for origin in origins if origin.notices != "follow"]
    loudest = max(origins, key=lambda origin: LOUDNESS[origin.notices])
    heard = [origin for origin in origins if origin.notices != "silent"] or origins
    own = [origin for origin in heard if origin.notices != "follow"] or heard
    actors = {origin.actor for origin in own}
    return Origin(actors.pop() if len(actors) == 1 else None, loudest.batch, loudest.notices)


def notices_of(
    entered: Iterable[Entered],
    trackers: Mapping[uuid.UUID, Sequence[uuid.UUID]],
    origins: Mapping[uuid.UUID, Origin],
) -> list[Notice]:
    """One notice per reader and person naming all pools entered, or one per reader and batch of people."""
    pairs: dict[tuple[uuid.UUID, str], list[tuple[uuid.UUID, uuid.UUID]]] = {}
    for entry in entered:
        origin = origins[entry.candidate]
        if origin.notices == "silent":
            continue
        key = f"match:{entry.candidate}:{entry.version}"
        # What follows has a batch where it was done to many at once, and only decides where nothing else happened.
        if origin.notices in ("summary", "follow") and origin.batch is not None:
            key = f"batch:{origin.batch}"
        for reader in trackers.get(entry.pool, ()):
            if reader != origin.actor:
                pairs.setdefault((reader, key), []).append((entry.candidate, entry.pool))
    return [_notice(reader, key, matches) for (reader, key), matches in pairs.items()]


def _notice(reader: uuid.UUID, key: str, matches: list[tuple[uuid.UUID, uuid.UUID]]) -> Notice:
    if key.startswith("batch:"):
        return Notice(reader, "summary", key, matches=tuple(sorted(set(matches))))
    return Notice(reader, "match", key, candidate=matches[0][0], matches=tuple(sorted(set(matches))))
