"""Record -> document -> index: the outbox drained, documents built, every live index written."""
