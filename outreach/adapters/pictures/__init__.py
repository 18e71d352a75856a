"""Draws pictures anew with Pillow, in a process that holds no secret."""

from outreach.adapters.pictures.redrawing import Redrawer

__all__ = ["Redrawer"]
