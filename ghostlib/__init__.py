"""The support module of the Ghost book: the toy model, the networks, their training, and the figures."""
