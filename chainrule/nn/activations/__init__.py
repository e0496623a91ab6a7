"""Activations, each as a function and as a layer, a file a family."""
