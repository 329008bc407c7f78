"""The tasks: wake-ups that drain the outbox, the sweep behind them, and housekeeping."""
