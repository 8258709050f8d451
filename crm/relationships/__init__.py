"""One relationship on one page: posts, consent, contacts by section, one timeline."""
