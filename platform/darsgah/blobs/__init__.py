"""Where notebooks and attachments are kept: content-addressed, outside the database."""
