"""The tests; a package, so that no installed library of that name stands in its place."""
