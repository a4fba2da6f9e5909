def board(n):
    rows = [[0] * n for row in range(n)]
    rows[0][0] = 1
    return rows
