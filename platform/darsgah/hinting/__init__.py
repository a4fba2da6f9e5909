"""Joins the tutor with the labs and the sandbox: questions, and answers to them tried there.

For commands and the worker; the web process never gets here.
"""
