def errors(guess, truth):
    return guess.ravel() - truth
