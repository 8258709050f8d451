"""The audit trail sealed in a Merkle tree, its signed checkpoints, and who countersigned them."""
