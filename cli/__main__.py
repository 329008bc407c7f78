"""`python -m cli`, the same as `micropools`."""

from cli.main import main

main()
