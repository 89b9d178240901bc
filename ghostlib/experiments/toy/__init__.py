"""Chapters 02 to 04: the flow, the loss and gradient descent of the toy model."""
