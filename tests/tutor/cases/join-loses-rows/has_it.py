def with_owner(shops, owners):
    return shops.merge(owners, on="shop")
