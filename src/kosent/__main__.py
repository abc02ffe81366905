"""``python -m kosent``: the command line, where its script is not on the path."""

from kosent_cli.main import main

main()
