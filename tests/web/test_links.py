"""No link for what does not exist, and none for what its reader may not open."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest

from tests.api.browser import ADDRESS, signed_in
from tests.api.scene import People, Persona, Scene
from tests.installation import Installation
from tests.web.catalog import VISITS
from tests.web.markup import Markup

READERS = [persona for persona in Persona if persona is not Persona.ANONYMOUS]
# Of lists with hundreds of links that differ in their question only, so many are tried.
MOST = 250


@pytest.mark.parametrize("persona", READERS)
def test_every_link_of_every_page_opens_for_whoever_is_shown_it(
    house: Installation, everybody: People, stage: Scene, persona: Persona
) -> None:
    reader = signed_in(house, everybody.ids[persona])
    found: dict[str, str] = {}
    for visit in VISITS:
        if visit.method == "GET":
            path = stage.path(visit.template)
            answer = reader.get(path, follow_redirects=False)
            if answer.status_code == 200:
                for link in Markup(answer.text).links:
                    address = urljoin(f"{ADDRESS}{path}", link)
                    if urlsplit(address).netloc == urlsplit(ADDRESS).netloc:
                        found.setdefault(address.partition("#")[0], path)
    for address, shown_on in list(found.items())[:MOST]:
        answer = reader.get(address, follow_redirects=False)
        assert answer.status_code in (200, 303), f"{address} on {shown_on}: {answer.status_code}"
        assert not answer.headers.get("location", "").startswith("/login"), f"{address} on {shown_on}"
