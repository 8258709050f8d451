"""The outbox (未送信の記録): entries written where no network reaches, each stored exactly once."""
