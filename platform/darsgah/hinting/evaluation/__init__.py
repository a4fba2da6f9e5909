"""Measures the tutor on wrong answers of which it is known what is wrong with them.

``cases`` is what a wrong answer is, ``lab_cases`` and ``nus_cases`` find some, ``seeing`` tries the tutor on
one, ``leaking`` tries to get secrets out of it, ``tables`` is how it is told. Figures are of
``darsgah_tutor.evaluate``.
"""
