"""Looking inside: what a network computes, and why its weights move as they do.

walkthrough    the four steps on one example, every factor of the chain rule kept
prose          the same in words and numbers
"""
