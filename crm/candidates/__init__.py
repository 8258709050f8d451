"""Candidates: whom a section proposes, what the network office does about it, what became of it."""
