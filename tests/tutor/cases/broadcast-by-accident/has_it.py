def errors(guess, truth):
    guess = guess.reshape(-1, 1)
    return guess - truth
