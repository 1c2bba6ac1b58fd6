"""Commands: plain functions on a session, the only writers of the document."""
