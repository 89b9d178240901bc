"""The compiled core: loss, gradient and update of one network, fused, a kernel for each kind of network.

The parameters of a network are the rows of one matrix, as `ghostlib.training.layout` lays them out. Vectors are in the
precision of that matrix, sums over the steps of a trial in float64. The mathematics is that of
`ghostlib.networks.adjoint`.
"""
