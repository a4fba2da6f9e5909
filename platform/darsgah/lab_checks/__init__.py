"""Reports of published labs: what `darsgah lab check` says of each version, kept with it."""
