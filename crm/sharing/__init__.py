"""Between agencies nothing is queried, only published: agreements, copies, links, disclosures."""
