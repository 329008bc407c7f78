"""What is counted: tables over everybody a question finds, and what of them may be shown to whom."""
