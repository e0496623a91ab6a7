"""Training: batches, metrics, history, the trainer, and model folders."""
