def with_town(trips, towns):
    return trips.merge(towns, on="town", how="left")
