"""``python -m kosent_cli``."""

from kosent_cli.main import main

main()
