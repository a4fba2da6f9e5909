def ranked(runs):
    result = runs.sort_values("score", ascending=False)
    return result.assign(place=[float(place) for place in range(1, len(result) + 1)])
