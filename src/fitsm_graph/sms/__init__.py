"""The service management system (GR1–GR7): persons, groups, roles, customers, accounts."""
