"""Opening one person of any station in an emergency (緊急閲覧): a reason, 30 minutes, a review."""
