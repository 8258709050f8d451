"""The screens on which an agency keeps its units, staff, accounts, areas and settings."""
