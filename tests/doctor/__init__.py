"""What the machine can do, judged and shown."""
