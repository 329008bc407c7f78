"""Carried data: real, anonymous survey rows and job requirements as payloads of the API (NOTICE.md says whose)."""
