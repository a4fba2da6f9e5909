def with_owner(shops, owners):
    return pd.merge(shops, owners, on="shop", how="left")
