"""The ``kosent`` command: options in, one library call, print."""
