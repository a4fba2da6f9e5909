"""Teams of learners: who is in one, who is asked to come, and who left."""
