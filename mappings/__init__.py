"""What is searchable: fields, text analysis, index names. One definition serves the candidate and the pool index."""
