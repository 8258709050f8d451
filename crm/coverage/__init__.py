"""構築状況: where liaisons are, and where nobody is or has been, as of any day."""
