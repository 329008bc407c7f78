"""Who hears of what: notices grouped, written once, and told to open pages as they happen."""
