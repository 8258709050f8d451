"""Retention: how long each record is kept, and how it is disposed of when its time is over."""
