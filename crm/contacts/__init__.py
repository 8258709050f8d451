"""People and organizations, the posts they hold, and what each agreed to."""
