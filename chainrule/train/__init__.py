"""Training: the four steps over and over, what is measured on the way, and what is kept.

    trainer, loop          epochs over the data, a step a batch
    data, rehearsal        what does not fit is found before the first step
    callback, progress     what happens beside the training
    metrics, history       how good it is, and the record of that
    prediction             a model's outputs for many examples, batch by batch
    folder, tensor_file    model folders, written whole or not at all

Beside these stands `mnist`, the handwritten digits that every method is tried on.
"""
