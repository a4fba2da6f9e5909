def with_town(trips, towns):
    return trips.merge(towns.drop_duplicates("town"), on="town", how="left", validate="many_to_one")
