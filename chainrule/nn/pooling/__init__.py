"""Pooling: what is in a window of an image becomes one number, a file a kind."""
