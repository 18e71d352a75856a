"""Read, decide, commit: the walk of one message between ports and domain. No SQL, no vendor, no wording."""
