"""The sandbox: a warm process per environment, a fork of it per submission, walls around the fork."""
