"""Places: association areas, school districts, municipalities, which overlap and change by date."""
