"""Every query of the product, by what it is about. Repositories take a session and never commit."""
