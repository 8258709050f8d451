"""Circulation (供覧): who in the station is to see something, and who has."""
