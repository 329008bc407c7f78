"""Starts the real parts (PostgreSQL, Valkey, OpenSearch) on this machine, without root, Docker or system packages."""
