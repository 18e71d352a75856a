"""Matrix, by matrix-nio: one account, one device for life. Nothing outside this package knows the vendor."""

from outreach.adapters.matrix.gateway import MatrixGateway

__all__ = ["MatrixGateway"]
