"""All words: letters from templates and catalogs, and what people's words mean. Knows no case, person or server."""

from outreach.adapters.rendering.letters import Letters

__all__ = ["Letters"]
