"""Mutants of solutions: small changes that a good test notices.

``mutants.mutants(source)`` makes them; the other modules are the families of changes. Nothing here runs
anything: grading them is ``darsgah_labs.check``'s.
"""
