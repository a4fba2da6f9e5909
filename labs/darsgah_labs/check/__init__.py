"""Checks of a lab before learners get it: what LABS in the documentation calls a good lab, told by a machine.

``lab_check.check_lab(lab, grading)`` runs them all. What grades is handed in (``grading.Grading``): the
platform joins it with the grader.
"""
