"""Handing a beat over (引継ぎ): what its successor must know, on any day, and who has read it."""
