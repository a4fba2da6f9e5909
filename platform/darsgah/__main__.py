"""``python -m darsgah`` is the command ``darsgah``."""

from darsgah.cli import main

main()
