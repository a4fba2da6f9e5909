"""Teams of learners."""
