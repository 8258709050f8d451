"""Opinions and requests (意見・要望): heard, assigned, done or not feasible, told back."""
