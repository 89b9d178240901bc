"""What a network has become: its fixed points and ghosts, and how it passes them.

flows         a one-dimensional flow: of a network, of a function, or given with its derivatives
planar_flows  flows of the plane: of a network of rank two, or given with their derivatives
planar_points fixed points and ghosts of a flow of the plane, with proof that none is missed
search        those of any network, found from many starts and not proved to be all
slow_points   fixed points and ghosts of a one-dimensional flow, with proof that none is missed
visits        which of them a trial passes; how one of them moves in a training
passage       how long the latent variable takes past a ghost
bifurcations  when a ghost is born and when it dies
plateau       how long a silent network stays silent
sharpness     how sharply the loss bends
directions    how the weights have moved, and where the state is slow
"""
