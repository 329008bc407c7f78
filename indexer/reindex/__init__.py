"""Reindexing without downtime: new indexes from PostgreSQL beside the old, verified, swapped in, kept for rollback.

`running` tells it in steps; docs/decisions/0014 says why nothing is lost on the way.
"""
