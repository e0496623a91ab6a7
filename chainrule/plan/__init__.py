"""Planning: groups of nodes to kernels over buffers, in an order and a memory of their own."""
