"""HTTP + JSON: thin routes over the repositories, closed by default, errors as problem+json."""
