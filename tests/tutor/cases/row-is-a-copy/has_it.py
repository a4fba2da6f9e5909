def in_tonnes(bags):
    result = bags.copy()
    for place, row in result.iterrows():
        row["kilos"] = row["kilos"] / 1000
    return result
