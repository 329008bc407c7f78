"""The product's own supervisor, with one number changed: run by path, so that it can run a changed copy of the product.

Between two crashes of the same part the supervisor waits longer each time, up to half a minute. A person at a broken
machine is glad of that; a test that kills each part dozens of times would do nothing but wait.
"""

from __future__ import annotations

from embedded import supervisor
from embedded.__main__ import main

supervisor.LONGEST_PAUSE_S = 1.0

if __name__ == "__main__":
    main()
