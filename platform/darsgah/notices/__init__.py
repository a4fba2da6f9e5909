"""What people are told: a list of their own on the platform, and a letter by e-mail where they want one."""
