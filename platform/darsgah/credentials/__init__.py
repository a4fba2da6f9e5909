"""What people have earned, as Open Badges 3.0 that anybody can verify: awarded, shown, revoked, checked."""
