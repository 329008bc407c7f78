"""The pages: what a browser is shown. They call what the API calls; no right and no SQL is decided here."""
