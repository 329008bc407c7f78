"""The small tree of meanings that services raise; the edge renders each as problem+json or as text on a page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what was sent: where (`criteria.tags.any[2]`) and a sentence saying what to do."""

    place: str
    message: str


class MicropoolsError(Exception):
    """Anything this product refuses or cannot do, with a sentence for the person who asked."""

    status = 500
    title = "Something went wrong"

    def __init__(self, detail: str, *, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.problems = problems


class NotAuthenticated(MicropoolsError):
    """Nobody we know is asking."""

    status = 401
    title = "Not signed in"


class NotAllowed(MicropoolsError):
    """The role may not do this at all; never used where it would tell that a hidden thing exists."""

    status = 403
    title = "Not allowed"


class NotFound(MicropoolsError):
    """Unknown, or not to be seen: both answer with these very words."""

    status = 404
    title = "Not found"

    def __init__(self, what: str = "thing") -> None:
        super().__init__(f"There is no such {what}, or you may not see it.")


class Conflict(MicropoolsError):
    """The request is fine by itself but not beside what is already there."""

    status = 409
    title = "Conflict"


class Changed(MicropoolsError):
    """If-Match named a version that is no longer the current one."""

    status = 412
    title = "Changed in the meantime"


class Invalid(MicropoolsError):
    """What was sent cannot be used; `problems` says where and why."""

    status = 422
    title = "Invalid input"


class TooMany(MicropoolsError):
    """Asked too often; `wait_s` says when the same request may be sent again."""

    status = 429
    title = "Too many attempts"

    def __init__(self, detail: str, wait_s: float) -> None:
        super().__init__(detail)
        self.wait_s = wait_s


class Unavailable(MicropoolsError):
    """A part this answer needs is down; the same request may succeed later."""

    status = 503
    title = "A part is not available"


class Unusable(MicropoolsError):
    """A file or a place that an operator named cannot be used; the sentence says why and what to do."""

    status = 422
    title = "Cannot be used"
