"""What ``darsgah doctor`` looks at, one module a part of the machine.

Each module has the facts as a frozen dataclass, ``look`` that gathers them and changes nothing, and
``findings`` that judges them: a function of the facts alone.
"""
