"""Splits states into halves again and again, and reckons the rounds from an angle without running one."""


# %% probabilities
def probabilities(state):
    chances = [(a * complex(a).conjugate()).real for a in state]
    if not math.isclose(math.fsum(chances), 1, rel_tol=0, abs_tol=1e-6):
        raise ValueError
    return chances


# %% apply
import operator


def apply(matrix, state):
    return [sum(map(operator.mul, row, state)) for row in matrix]


# %% tensor
import itertools


def tensor(first, second):
    return list(itertools.starmap(operator.mul, itertools.product(first, second)))


# %% apply-to
def apply_to(gate, target, state):
    middle = len(state) // 2
    left, right = state[:middle], state[middle:]
    if target > 0:
        return apply_to(gate, target - 1, left) + apply_to(gate, target - 1, right)
    (a, b), (c, d) = gate
    return [a * x + b * y for x, y in zip(left, right)] + [c * x + d * y for x, y in zip(left, right)]


# %% measure
def measure(target, state, draw):
    projected = [apply_to(gate, target, state) for gate in ([[1, 0], [0, 0]], [[0, 0], [0, 1]])]
    lengths = [math.hypot(*(abs(a) for a in part)) for part in projected]
    bit = int(draw >= lengths[0] ** 2)
    return bit, [a / lengths[bit] for a in projected[bit]]


# %% grover-round
def grover_round(state, marked):
    doubled = sum(state[i] * (-2 if i in marked else 2) for i in range(len(state))) / len(state)
    return [doubled + state[i] if i in marked else doubled - state[i] for i in range(len(state))]


# %% search
def search(qubits, marked):
    if not marked:
        raise ValueError("an angle of zero never gets to noon")
    angle = math.asin(math.sqrt(len(marked) / 2**qubits))
    rounds = max(0, math.ceil(math.pi / (4 * angle) - 1 - 1e-9))
    return rounds, math.sin((2 * rounds + 1) * angle) ** 2
