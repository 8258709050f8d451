"""申し送り: what one shift of a unit leaves for the next."""
