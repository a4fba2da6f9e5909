"""Indices and loops throughout: what somebody writes who thinks in places of a list."""


# %% probabilities
def probabilities(state):
    result = []
    total = 0
    for amplitude in state:
        z = complex(amplitude)
        chance = z.real * z.real + z.imag * z.imag
        total = total + chance
        result.append(chance)
    if total > 1.000001 or total < 0.999999:
        raise ValueError(f"{total} is not 1")
    return result


# %% apply
def apply(matrix, state):
    result = []
    for i in range(len(matrix)):
        new = 0
        for j in range(len(state)):
            new = new + matrix[i][j] * state[j]
        result.append(new)
    return result


# %% tensor
def tensor(first, second):
    result = [0] * (len(first) * len(second))
    for i in range(len(first)):
        for j in range(len(second)):
            result[i * len(second) + j] = first[i] * second[j]
    return result


# %% apply-to
def apply_to(gate, target, state):
    n = len(state).bit_length() - 1
    result = []
    for place in range(len(state)):
        digits = list(format(place, f"0{n}b"))
        row = int(digits[target])
        new = 0
        for column in (0, 1):
            digits[target] = str(column)
            new = new + gate[row][column] * state[int("".join(digits), 2)]
        result.append(new)
    return result


# %% measure
def measure(target, state, draw):
    n = len(state).bit_length() - 1
    chance = [0, 0]
    for place in range(len(state)):
        chance[int(format(place, f"0{n}b")[target])] += abs(state[place]) ** 2
    if draw < chance[0]:
        bit = 0
    else:
        bit = 1
    result = list(state)
    for place in range(len(state)):
        if int(format(place, f"0{n}b")[target]) == bit:
            result[place] = result[place] / chance[bit] ** 0.5
        else:
            result[place] = 0
    return bit, result


# %% grover-round
def grover_round(state, marked):
    result = list(state)
    for place in marked:
        result[place] = -result[place]
    total = 0
    for amplitude in result:
        total = total + amplitude
    for place in range(len(result)):
        result[place] = 2 * total / len(result) - result[place]
    return result


# %% search
def search(qubits, marked):
    if len(marked) == 0:
        raise ValueError("an empty set")
    n = 2**qubits
    states = [[n**-0.5] * n]
    chances = [len(marked) / n]
    while len(chances) < 2 or chances[-1] - chances[-2] > 1e-9:
        states.append(grover_round(states[-1], marked))
        chance = 0
        for place in marked:
            chance = chance + abs(states[-1][place]) ** 2
        chances.append(chance)
    return (len(chances) - 2, chances[-2])
