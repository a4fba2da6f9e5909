"""What runs beside a learner's code: standard library and IPython only, nothing of the project outside.

Read in this order: ``zygote`` (the warm process), ``supervisor`` (process 1 of each run, never runs a
learner's code), ``runner`` (the process that does), and what these stand on: ``frames`` (how they talk),
``linux`` (system calls), ``rootfs`` (what can be seen), ``confine`` and ``seccomp`` (what can be done).
"""
