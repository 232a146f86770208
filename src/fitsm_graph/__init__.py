"""A graph-database CMDB and impact-analysis platform that runs FitSM processes as graph operations."""

__version__ = "0.1.0"
