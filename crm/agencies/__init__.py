"""Agencies, their units as a dated tree, jurisdictions over areas, staff and their assignments."""
