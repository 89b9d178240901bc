"""Small figures, each beside the idea that it shows: one picture whose marks are its knobs (``js/page/small.js``)."""

from ghostlib.widgets._base import Explorable, Parameter


class TimeSpent(Explorable):
    """How much of the wait at the ghost is over at the state x, for T = 100: the area below 1/ẋ (Eq. B2).

    x : the state.
    """

    module = "timespent"
    alt = (
        "A bell-shaped curve, the time per unit of x over the state x. It starts at about 4000 at x = 0 and has fallen "
        "to half at x = √r = 0.016. The area left of √r, half of the wait, is shaded dark, the area to its right, the "
        "other half, light."
    )
    caption = (
        "<strong>Where the wait is spent.</strong> The cost of moving, 1/ẋ, for the r that waits T = 100. The area "
        "under the curve is the escape time: half of it lies below x = √r, all the rest, up to infinity, is the other."
    )

    x = Parameter(0.0157, low=0.001, high=0.094, label="state x")

    def picture(self):
        from ghostlib import plots, toy

        return plots.time_spent(toy.r_star(100))


class Bifurcation(Explorable):
    """Fixed points over r, and what happens to the state at one r (Eq. 7, Fig. 2C).

    rho : r/r*.
    """

    module = "bifurcation"
    alt = (
        "A bifurcation diagram over r divided by r*. Left of zero a parabola on its side: a solid stable branch below, "
        "a dashed unstable one above, in a hatched no-learning zone that ends at a quarter. Right of zero a violet "
        "line at height zero, the ghost. An arrow marked learning leads from 10 to a green line at 1."
    )
    caption = (
        "<strong>The bifurcation that does not happen.</strong> Left of zero there are two fixed points, right of it "
        "only their ghost. Learning, from the paper’s start at 10 r*, goes along the ghost to r* and stops short of "
        "the bifurcation. In the hatched zone the output comes too late to count."
    )

    rho = Parameter(10.0, low=-6.0, high=12.0, label="r / r*")

    def picture(self):
        from ghostlib import plots

        return plots.bifurcation()


class Timing(Explorable):
    """When the output comes on, and the area that is the loss (Eqs. 9–11), for T = 100.

    rho : r/r*.
    """

    module = "timing"
    alt = (
        "Three panels of output over time from 0 to 200, each with a dashed target that jumps from 0 to 1 at 100. Top, "
        "r = 2.25 r*: the output jumps at 67, the area in between is 33.3. Middle, r = 0.5 r*: it jumps at 141, the "
        "area is 41.4. Bottom, r = 0.16 r*: the output stays 0, the area is 100."
    )
    caption = (
        "<strong>Three ways to be wrong, for T = 100.</strong> The target (dashed) jumps at T, the output (solid) at "
        "the escape time; the shaded area between them is the loss. Too early, too late, and after the task is over, "
        "where the loss is T whatever r is."
    )

    rho = Parameter(2.25, low=0.19, high=9.0, label="r / r*", scale="log")

    def picture(self):
        from ghostlib import plots

        return plots.three_regimes(T=100)


class Slope(Explorable):
    """The loss and its slope at one r (Eqs. 12–14).

    rho : r/r*.
    """

    module = "slope"
    alt = (
        "Two panels over r divided by r*. Top: the loss divided by T is 1 up to one quarter, falls along a steep cliff "
        "to a sharp kink at 0 where r = r*, and rises slowly on a long tail. Bottom: the gradient is 0 up to one "
        "quarter, jumps to −4, rises to −0.5 at r*, jumps to +0.5 and decays towards 0; dashed orange lines mark the "
        "paper's one-sided values."
    )
    caption = (
        "<strong>The loss and its slope.</strong> Flat, cliff, kink, long tail. In units of T/r* the slope is −4 at "
        "the top of the cliff, and −½ and +½ on the two sides of the kink, the paper’s values (dashed)."
    )

    rho = Parameter(2.0, low=-0.5, high=4.0, label="r / r*")

    def picture(self):
        from ghostlib import plots

        return plots.kink(T=100)


class Step(Explorable):
    """One step of descent on the loss (Eqs. 13 and 15).

    rho : where it starts, r/r*; 1 means just right of the best place.
    a : learning rate over the critical one, α/α*.
    """

    module = "step"
    alt = (
        "The loss over r divided by r*, with the hatched no-learning zone left of one quarter and the kink at 1. Three "
        "arrows start at 1 and point left: for half of α* to 0.625, for α*, in orange as the paper's, to exactly 0.25, "
        "for 1.2 α* to 0.1, inside the zone."
    )
    caption = (
        "<strong>One step from the best place.</strong> At half of α* it ends on the cliff and can climb back; at α* "
        "it reaches the edge of the no-learning zone; beyond, it ends in it."
    )

    rho = Parameter(1.0, low=0.25, high=2.5, label="start, r / r*")
    a = Parameter(0.5, low=0.02, high=1.6, label="learning rate, α / α*")

    def picture(self):
        from ghostlib import plots

        return plots.critical_step()


class Cobweb(Explorable):
    """A whole descent on the map of one epoch (Eq. B12).

    rho_0 : where it starts, r/r*.
    a : learning rate over the critical one, α/α*.
    """

    module = "cobweb"
    alt = (
        "The map of one epoch, ρ one epoch later over ρ now. Left of r* = 1 the curve falls to 1.76, right of it the "
        "curve starts at 0.24, inside the hatched no-learning zone, and rises below the diagonal. A closed red "
        "staircase joins three points at ρ₁ = 1.76, ρ₂ = 1.43 and ρ₃ = 0.99."
    )
    caption = (
        "<strong>Descent above α*, as a staircase.</strong> The curve takes r to the r of the next epoch; it is torn "
        "at r*. Its lower end dips into the no-learning zone: the hole. At 1.01 α* the cycle ρ₁ → ρ₂ → ρ₃ → ρ₁ never "
        "comes near the hole."
    )

    rho_0 = Parameter(3.0, low=0.25, high=3.2, label="start, r / r*")
    a = Parameter(1.01, low=0.3, high=1.1, label="learning rate, α / α*")

    def picture(self):
        from ghostlib import plots

        return plots.return_map(1.01)


class ReadOut(Explorable):
    """What an output that should be 1 feeds back to κ, at three confidences (Eqs. B34 and B38).

    kappa : where the network is when the target turns to 1.
    """

    module = "readout"
    alt = (
        "What the output feeds back over κ from −4 to 2, on a log axis. At c = 10 a steep line that falls by four "
        "powers of ten for every unit left of the threshold κ* = 1; at c = 1 a gentle one; at c = 0.1 it is nearly "
        "flat at a few hundredths."
    )
    caption = (
        "<strong>Wrong and certain.</strong> What an output that should be 1 feeds back, its error times its slope "
        "c ô (1 − ô). Far below the threshold κ* a confident output says next to nothing; one of low confidence still "
        "answers."
    )

    kappa = Parameter(-1.0, low=-4.0, high=2.0, label="κ")

    def picture(self):
        from ghostlib import plots

        return plots.read_out()
