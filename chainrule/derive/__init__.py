"""The graph grows its derivatives: in reverse, forward, for a whole batch, and by differences."""
