def repaired(stock):
    result = stock.copy()
    result[result["kilos"] < 0]["kilos"] = 0
    return result
