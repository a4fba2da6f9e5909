def board(n):
    rows = [[0] * n] * n
    rows[0][0] = 1
    return rows
