"""What a meeting is about and what came of it: 次第, 議事録, and what is carried over."""
