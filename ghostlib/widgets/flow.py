"""The toy model's flow: a fixed point, or the ghost of one."""

from ghostlib.widgets._base import Explorable, Parameter


class Flow(Explorable):
    """ẋ = x² + r from x(0) = 0: the flow, the trajectory, and how long the state waits (Fig. 1, Eq. 7).

    r : the bifurcation parameter.
    x_star : the threshold at which the output turns on.
    """

    module = "flow"
    alt = (
        "Three panels. The parabola ẋ = x² + r just above zero; the state that lingers near 0 and then shoots up; "
        "and the escape time against r, a straight line of slope −1/2 on log axes."
    )
    caption = (
        "<strong>The toy model.</strong> For small positive r the state lingers where the parabola almost touches "
        "zero, the ghost, and then escapes. The wait grows as r<sup>−1/2</sup>."
    )

    r = Parameter(0.01, low=-1.0, high=1.0, label="bifurcation parameter r", scale="sqrt")
    x_star = Parameter(10.0, low=0.1, high=100.0, label="threshold x*", scale="log")

    def picture(self):
        from ghostlib import plots

        return plots.flow_and_wait(self.r, self.x_star)
