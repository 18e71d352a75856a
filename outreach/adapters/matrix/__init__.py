"""Matrix, by matrix-nio: one account, one device for life. Nothing outside this package knows the vendor."""

from outreach.adapters.matrix.gateway import MatrixGateway, of_one_device

__all__ = ["MatrixGateway", "of_one_device"]
