"""Brings a whole nbgrader course in: labs, course, cohort, students, submissions and what the gradebook says.

Every lab, the course with its cohort, every student and every submission is a transaction of its own, and
each step finds what an earlier run left: importing the same folder again changes nothing, and finishes what
a stopped run did not reach.
"""
