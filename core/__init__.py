"""What every other package stands on: settings, errors, the clock, logging."""
