"""Hubs of the network, and who is what in each of them."""
