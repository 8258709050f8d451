"""Asking people to be liaisons, their answers, and the terms that follow from an acceptance."""
