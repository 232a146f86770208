"""A graph CMDB and impact analysis that runs the FitSM processes as graph operations."""

__version__ = "0.1.0"
