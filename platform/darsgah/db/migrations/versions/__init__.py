"""One file a revision, ``rNNNN_what.py``, written by hand: each states both ways."""
