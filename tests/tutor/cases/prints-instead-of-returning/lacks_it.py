def litres(buckets):
    return buckets * 15
