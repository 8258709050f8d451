"""How fast the product is, each figure beside its floor in the same run: `make bench`."""
