"""Labs whose cells run on the hub: a WebSocket that the web process relays to a host of kernels."""
