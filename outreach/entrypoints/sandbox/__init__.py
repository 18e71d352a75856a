"""A whole small world on loopback: real servers, and people who act through their own tokens."""
