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
    positions,
    setup,
    signing_in,
)
from web.pages import account, bell, choices, home, invitation, passwords, setup, signing_in, statistics, talent
    pool_editor,
    pools,
    selection,
    setup,
    signing_in,
    statistics,
    talent,
    jobs,
    notices,
    passwords,
    reasons,
    sample,
    settings,
    setup,
    signing_in,
    tags,
    tracking,
    users,
)

ROUTERS = tuple(
    module.router
    for module in (
        home,
        bell,
        people,
        applications,
        positions,
        talent,
        pool_editor,
        pools,
        selection,
        statistics,
        bell,
        account,
        signing_in,
        passwords,
        invitation,
        setup,
        choices,
        settings,
        users,
        tracking,
        notices,
        sample,
        tags,
        reasons,
        jobs,
    )
)
