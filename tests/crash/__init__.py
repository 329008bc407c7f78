"""Nothing that was acknowledged is lost or told twice, whatever is killed (invariant I1)."""
