def repaired(stock):
    result = stock.copy()
    result.loc[result["kilos"] < 0, "kilos"] = 0
    return result
