"""The networks and what is known of them without training.

task      the delayed-activation task, Eq. (1)
trials    tasks of many trials with inputs: cue discrimination, match to sample
records   RankOne, LowRank, FullRank: parameters, simulation, latent flow, Eqs. (3)–(5) and (16)–(19)
driven    DrivenLowRank, DrivenFullRank: networks that hear an input
initial   the authors' draws, by PyTorch's generator
adjoint   loss and gradient by the reverse pass, to be read
oracle    the same by PyTorch's autograd
reader    your own network, from arrays, a NumPy file or a PyTorch module
history   what a training leaves behind
"""
