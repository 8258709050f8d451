"""Bodies (会議体): councils and headquarters that meet, and who sits on them on which day."""
