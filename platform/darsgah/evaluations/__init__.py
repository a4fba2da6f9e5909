"""How a project ends: both sides evaluate, levels of readiness are confirmed, credentials follow.

``service`` opens and closes the evaluation, ``claims`` are the technology readiness levels, ``awarding``
makes credentials of it, ``disputes`` shows the hub what a dispute is about. Stages are moved by
``darsgah.briefs.moving`` alone.
"""
