"""How the reader wants the pages. For everybody, signed in or not: the browser remembers it, not the account."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from api import csrf
from api.work import ANYBODY
from web.addresses import own_path
from web.choices import KEYS, THEME, remember
from web.forms import Sent
from web.languages import COOKIE as LANGUAGE
from web.languages import NAMES
from web.rendering import go_to
from web.route import pages

router = pages()


@router.post("/choices", dependencies=[ANYBODY])
def choose(request: Request, form: Sent) -> Response:
    """Keeps what was chosen and goes back to the page."""
    csrf.refuse_other_sites(request)
    answer = go_to(own_path(form.text("next")))
    if form.text("language") in NAMES:
        remember(request, answer, LANGUAGE, form.text("language"))
    if (theme := form.text("theme")) in ("light", "dark", "system"):
        remember(request, answer, THEME, "" if theme == "system" else theme)
    if (keys := form.text("keys")) in ("on", "off"):
        remember(request, answer, KEYS, "" if keys == "on" else keys)
    return answer
