"""orderctl reads, validates, converts and pushes orders."""

__version__ = "0.1.0"
