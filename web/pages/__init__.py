"""The pages by what they are about. A new module is named in `ROUTERS`, and in web/navigation.py if it has a link."""

from __future__ import annotations

from web.pages import (
    account,
    applications,
    bell,
    choices,
    home,
    invitation,
    jobs,
    notices,
    passwords,
    people,
    pool_editor,
    pools,
    positions,
    reasons,
    sample,
    selection,
    settings,
    setup,
    signing_in,
    statistics,
    tags,
    talent,
    tracking,
    users,
)

ROUTERS = tuple(
    module.router
    for module in (
        home,
        talent,
        statistics,
        bell,
        people,
        applications,
        positions,
        selection,
        pool_editor,
        pools,
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
