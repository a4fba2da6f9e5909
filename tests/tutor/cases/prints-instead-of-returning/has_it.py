def litres(buckets):
    print(buckets * 15)
