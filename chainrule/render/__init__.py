"""Rendering: kernels to LLVM IR as text. Nothing here knows of tensors, graphs or gradients."""
