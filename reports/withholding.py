"""Small groups stay hidden: within one answer, and between it and any answer that was ever given."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from reports.answered import Answered
from reports.differences import telling
from reports.families import LEAST, Family, Path, Rejections, distinct, divide

# More rounds than any question needed; what is still unsafe then is not answered at all.
MOST_ROUNDS = 50


def protect(rejections: Rejections, earlier: Callable[[], Iterable[Answered]]) -> tuple[Family, Answered]:
    """The table with as much withheld as it takes, and what it shows; `earlier` gives the answers of before, each time.

    The last round changes nothing, so it is the proof: no group is small, and with no earlier answer does the new
    one tell of fewer than five people.
    """
    withheld: set[Path] = set()
    for _ in range(MOST_ROUNDS):
        family = divide(rejections, withheld)
        shown = Answered.of(rejections, family)
        paths = list(family.groups)
        telltale = {paths[group] for other in earlier() for group in telling(other, shown)}
        if not telltale:
            return _proven(family, shown)
        withheld |= telltale
    nothing = Family({}, whole=False)
    return nothing, Answered.of(rejections, nothing)


def _proven(family: Family, shown: Answered) -> tuple[Family, Answered]:
    for group in range(len(family.groups)):
        if len(distinct(shown.people[shown.groups == group])) < LEAST:
            raise AssertionError("A small group was about to be shown.")
    return family, shown
