"""The Darsgah web application, its worker and its command line."""
