"""Qualification units: what people must be able to do, the labs that show it, and who was found competent."""
