def names(shops):
    return [shops["name"]]
