"""How the tables became what `schema` says. Loaded only by `outreach db upgrade`, never by `run`."""
