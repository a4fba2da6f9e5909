"""Hackathons: tracks, rules, teams that sign up, a deadline, judges in groups, and results at one moment.

``service`` and ``entering`` are what organisers and teams do, ``scoring`` what judges do, ``judging`` the
arithmetic of it: who sees which entry, and what their scores come to. Times are the server's.
"""
