"""Drafts and decisions (起案・決裁): what needs somebody else's yes before it is done."""
