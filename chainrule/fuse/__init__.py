"""Fusing: a graph to a smaller graph, and its nodes to groups that run in one loop."""
