"""The lab page: its plain modules under Node, and the page itself in a browser."""
