"""Fictional towns for trials: people who do not exist, telephones that cannot ring."""
