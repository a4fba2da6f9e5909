"""What every page is made of: templates, languages, formats, static files and the headers around them.

The slices render through ``templating.Pages``; nothing here knows a table, a service or another slice.
"""
