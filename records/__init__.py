"""PostgreSQL: models, the only SQL, the outbox and the migrations. Nothing outside this package writes SQL."""
