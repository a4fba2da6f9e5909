"""The commands of `darsgah`, one module a topic; `darsgah.cli` mounts them."""
