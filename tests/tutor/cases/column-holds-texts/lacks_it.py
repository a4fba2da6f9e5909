def mean_kilos(table):
    return pd.to_numeric(table["kilos"], errors="coerce").mean()
