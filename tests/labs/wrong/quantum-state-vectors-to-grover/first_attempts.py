"""What learners often hand in first; the visible tests already tell them."""


# %% probabilities
def probabilities(state):
    chances = [amplitude**2 for amplitude in state]
    if sum(chances) != 1:
        raise ValueError("not a state")
    return chances


# %% apply
def apply(matrix, state):
    return [sum(matrix[j][i] * state[j] for j in range(len(state))) for i in range(len(state))]


# %% tensor
def tensor(first, second):
    return [left * right for right in second for left in first]


# %% apply-to
def apply_to(gate, target, state):
    weight = 2**target
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
    return bit, [a if place & weight == bit * weight else 0 for place, a in enumerate(state)]


# %% grover-round
def grover_round(state, marked):
    mean = sum(state) / len(state)
    return [2 * mean + a if place in marked else 2 * mean - a for place, a in enumerate(state)]


# %% search
def search(qubits, marked):
    size = 2**qubits
    state = [1 / math.sqrt(size)] * size
    rounds = round(math.pi / 4 * math.sqrt(size / len(marked)))
    for _ in range(rounds):
        state = grover_round(state, marked)
    return rounds, sum(abs(state[place]) ** 2 for place in marked)
