"""People from the spreadsheets stations really have: previewed, applied, undone."""
