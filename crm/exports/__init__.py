"""What leaves the house: every file that names people has a number, a reason and a record."""
