"""The queue, its worker and notifications."""
