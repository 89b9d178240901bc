"""The library behind the chapters. Each group uses only those above it.

The toy model
    toy         Eqs. 1–2 and 6–15, and the names of the next two: start here
    finite      the same at finite threshold and confidence
    rescaled    the descent without units, its cycle of period 3
    laws        the descent in closed form, for small steps
    zone        the slope in the no-learning zone

The networks
    task        the delayed-activation task
    rnn         RankOne, LowRank, FullRank: parameters, simulation, latent flow
    adjoint     loss and gradient by the reverse pass, to be read
    training    `train`: the same, compiled, for whole ensembles
    optimisers  clipping and Adam on that gradient
    autograd    the same networks in PyTorch: the oracle
    rescue      who learned, who is trapped, and how a lower confidence frees them

What a network has become
    ghosts      fixed points and slow points, with proof that none is missed
    passage     how long the latent variable takes past a ghost
    births      when a ghost is born and when it dies
    sharpness   how sharply the loss bends
    directions  how the weights have moved, and where the state is slow

The book
    experiments one frozen record a figure: its settings, and run()
    plots       one function a figure
    widgets     figures with knobs
    look        what each colour means
    book        from a run to the page: paste() and claim()
    claims      the ledger
"""
