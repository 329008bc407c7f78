"""A question about candidates: its one model, its meaning, and its two directions (search and stored pool)."""
