def routes(tickets):
    sums = tickets.groupby("route")[["price"]].sum()
    return sums[sums["price"] > 100]["route"].tolist()
