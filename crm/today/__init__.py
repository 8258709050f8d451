"""本日の当務: what an officer needs at the start of a tour."""
