"""Work that outlives a request: rows are the truth, a runner or a worker drains them."""
