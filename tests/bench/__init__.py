"""Figures beside their floors, from the same run: `make bench`. Never part of the tests; judges nothing."""
