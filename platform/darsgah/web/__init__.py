"""What stands around every route: who asks, forged requests, request ids and logs, errors, health and metrics."""
