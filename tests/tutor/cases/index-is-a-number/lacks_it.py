def names(shops):
    return [shop["name"] for shop in shops]
