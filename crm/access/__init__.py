"""Accounts, signing in, sessions, and the desk where every request's unit of work begins."""
