"""Normalization: layers that keep the size of what passes through them.

standard          mean 0 and variance 1 along some axes, with a derivative of two passes
batch             over a batch, with running statistics
layer             over each example's features
group             over groups of channels, or each channel, of each example
local_response    by neighboring channels
weights           of a layer's weights in place of its results
"""
