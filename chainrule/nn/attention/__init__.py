"""Attention: what each place takes from every other, and transformers made of it.

product       scaled dot-product attention, the function
multihead     the layer of several heads
positions     how places are told apart: sinusoids, rotations, slopes
encoder, decoder, transformer     blocks of attention and feed-forward layers
"""
