"""Configuration Management (PR11): CIs, types, relations, their sources and their past."""
