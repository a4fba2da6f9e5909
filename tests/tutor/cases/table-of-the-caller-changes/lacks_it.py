def with_total(bills):
    return bills.assign(total=bills["price"] * bills["count"])
