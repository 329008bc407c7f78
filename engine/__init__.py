"""The only importer of the OpenSearch client: requests go out and answers come back through here."""
