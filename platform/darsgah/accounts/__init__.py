"""Accounts: who a person is, how they prove it, and how long they stay signed in.

Roles are not here: what somebody may do is granted per hub (``darsgah.hubs``).
"""
