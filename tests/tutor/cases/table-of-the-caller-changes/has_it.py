def with_total(bills):
    bills["total"] = bills["price"] * bills["count"]
    return bills
