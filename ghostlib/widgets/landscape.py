"""The loss of the toy model, analytic and with finite confidence, and what slope there is to learn from."""

from ghostlib.widgets._base import Explorable, Parameter


class Landscape(Explorable):
    """L(r) and dL/dr in the limit (Eqs. 12–13) and at finite c and x* (Eq. 1), as in Fig. 2A.

    T : the delay, in the toy model's own time.
    c : the confidence of the output σ(c(x − x*)).
    x_star : its threshold.
    rho : where to read the slope, r/r*.
    """

    module = "landscape"
    alt = (
        "Two panels over r/r*. The loss: 1 in the hatched no-learning zone below ¼, a sharp kink at 0 for r = r*, then "
        "rising slowly; with finite confidence the corners are rounded. The size of the gradient on a log axis: "
        "exactly zero in the no-learning zone for the analytic loss, small but not zero with finite confidence."
    )
    caption = (
        "<strong>The landscape.</strong> Left of r*/4 the analytic loss is flat and gradient descent cannot move. "
        "Lower confidence c rounds the corners and opens a slope there."
    )

    T = Parameter(100.0, low=1.0, high=1000.0, label="delay T (time units)", scale="log")
    c = Parameter(1.0, low=0.01, high=100.0, label="confidence c", scale="log")
    x_star = Parameter(10.0, low=0.1, high=100.0, label="threshold x*", scale="log")
    rho = Parameter(0.1, low=-1.0, high=2.0, label="parameter r / r*")

    def picture(self):
        from ghostlib import plots

        return plots.landscape(self.T, self.c, self.x_star)
