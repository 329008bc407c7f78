"""Document -> matches: pools registered as stored queries, candidates matched against all of them at once."""
