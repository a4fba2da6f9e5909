"""Kernels as people have them: a real host, real sandboxes, a real web server, real WebSockets."""
