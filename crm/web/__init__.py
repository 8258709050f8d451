"""HTML out, forms in: what every page shares and no feature owns."""
