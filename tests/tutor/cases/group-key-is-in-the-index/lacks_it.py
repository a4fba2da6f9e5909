def routes(tickets):
    sums = tickets.groupby("route")[["price"]].sum().reset_index()
    return sums[sums["price"] > 100]["route"].tolist()
