"""What tests share: databases, a small world, a browser."""
