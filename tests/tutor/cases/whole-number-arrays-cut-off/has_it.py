def shares(counts):
    result = np.zeros(len(counts), dtype=int)
    for i in range(len(counts)):
        result[i] = counts[i] / counts.sum()
    return result
