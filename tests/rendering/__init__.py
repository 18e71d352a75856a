"""All words: every letter in every language, and what people's words mean."""
