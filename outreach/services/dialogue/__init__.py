"""Conversations with people: what a line means where it was said, and which one message answers it."""
