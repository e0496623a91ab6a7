"""Sampling: images in other sizes, with borders, and their elements in other places."""
