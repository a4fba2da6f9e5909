"""The code that runs beside a learner's code: standard library and IPython only, no project package."""
