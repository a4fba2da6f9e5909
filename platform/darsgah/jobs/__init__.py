"""Work that happens after the answer: the queue, the worker's side of it, and word of what changed."""
