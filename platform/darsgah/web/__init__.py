"""What stands around every route: who asks, forged requests, request ids, errors, health and metrics."""
