"""The pages by what they are about. A new module is named in `ROUTERS`, and in web/navigation.py if it has a link."""

from __future__ import annotations

from web.pages import (
    account,
    applications,
    bell,
    choices,
    home,
    invitation,
    passwords,
    people,
    pool_editor,
    pools,
    positions,
    setup,
    signing_in,
    statistics,
    talent,
)

ROUTERS = tuple(
    module.router
    for module in (
        home,
        talent,
        pool_editor,
        pools,
        statistics,
        bell,
        people,
        applications,
        positions,
        account,
        signing_in,
        passwords,
        invitation,
        setup,
        choices,
    )
)
