"""The Darsgah web application, its worker and its command line."""

__version__ = "0.1.0"
