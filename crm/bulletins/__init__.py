"""Community-safety information: what it is, whom it may reach, and to whom it was handed."""
