"""Answers that fit every test a learner can see, and not the rule: the hidden tests have to find them."""


# %% probabilities
def probabilities(state):
    chances = [abs(amplitude) ** 2 for amplitude in state]
    if sum(chances) > 1.000001:
        raise ValueError("too much")
    return chances


# %% apply
def apply(matrix, state):
    (a, b), (c, d) = matrix
    return [a * state[0] + b * state[1], c * state[0] + d * state[1]]


# %% tensor
def tensor(first, second):
    products = [left * right for left in first for right in second[:2]]
    return products + [0] * (len(first) * len(second) - len(products))


# %% apply-to
def apply_to(gate, target, state):
    weight = 1 if target else len(state) // 2
    result = list(state)
    for low in range(len(state)):
        if low & weight == 0:
            high = low | weight
            result[low] = gate[0][0] * state[low] + gate[0][1] * state[high]
            result[high] = gate[1][0] * state[low] + gate[1][1] * state[high]
    return result


# %% measure
def measure(target, state, draw):
    weight = len(state) // 2 ** (target + 1)
    of_zero = sum(abs(a) ** 2 for place, a in enumerate(state) if not place & weight)
    bit = 0 if draw < of_zero else 1
    scale = math.sqrt(1 - of_zero if bit else of_zero)
    return bit, [abs(a) / scale if place & weight == bit * weight else 0 for place, a in enumerate(state)]


# %% grover-round
def grover_round(state, marked):
    turned = list(state)
    turned[min(marked)] *= -1
    mean = sum(turned) / len(turned)
    return [2 * mean - a for a in turned]


# %% search
def search(qubits, marked):
    place = min(marked)
    state = [1 / math.sqrt(2**qubits)] * 2**qubits
    rounds = 0
    while True:
        following = grover_round(state, marked)
        if abs(following[place]) <= abs(state[place]):
            return rounds, abs(state[place]) ** 2
        state = following
        rounds += 1
