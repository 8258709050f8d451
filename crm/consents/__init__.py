"""What each person or organization agreed to, to whom, since when: records, never checkboxes."""
