"""The demo network: hubs as planned, accounts of every role, the shipped courses, work handed in.

The accounts have a published password, so the demo is for this machine only: ``darsgah serve --demo`` refuses
to listen on any other address.
"""
