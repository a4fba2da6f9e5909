def with_owner(shops, owners):
    both = pd.merge(shops, owners, on="shop")
    return both
