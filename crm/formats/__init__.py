"""Pure readers and writers of files: no models, no web, no database."""
