"""What Taylor's theorem says of a small cell of the plane, compiled.

Two unknowns y(κ) are sought to be zero. With A their Jacobian in the middle of a cell of half-sizes h, ρ its radius and
B a bound of their second derivatives over it, along any row p

    |p·y| > |pA|·h + |p|·Bρ²/2   there is no zero in the cell,
    ‖A⁻¹B‖ρ < 1                  no two points of the cell have the same y: at most one zero.

A cell of which neither holds is halved, until the row of which y is worst known is zero to rounding all over it. The
fixed points are zeros of y = F. A ghost, a minimum of |F| that is not zero, obeys JᵀF = 0, so that J is singular and F
at a right angle to its range: y = (F·Jv, det J), for any v. Both systems stay well-conditioned however slow a ghost is.
"""

import math

import numpy as np
from numba import njit

from ghostlib._compile import compiled
from ghostlib.dynamics._counting import FARTHEST, _tanh


EPS = np.finfo(np.float64).eps
# What a cell may hold: no zero, at most one, one for all that rounding tells, or more than is known yet.
NONE, ONE, LOST, OPEN = 0, 1, 2, 3
# The share by which a cell may grow and still hold at most one zero: who is found twice, by neighbours, is one.
MARGIN = 0.01


@compiled(nogil=True, fastmath=True, error_model="numpy")
def derivatives(m, n, b, kappa):
    """F, J and D²F of F(κ) = −κ + N tanh(M κ + b) at points κ (G, 2), as arrays (G, 2), (G, 2, 2) and (G, 2, 2, 2)."""
    points = len(kappa)
    value, jacobian, second = np.empty((points, 2)), np.empty((points, 2, 2)), np.empty((points, 2, 2, 2))
    for g in range(points):
        x, y = kappa[g, 0], kappa[g, 1]
        f0, f1, a, c, d, e = -x, -y, -1.0, 0.0, 0.0, -1.0
        p, q, r, s, t, u = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for i in range(b.size):
            m0, m1, n0, n1 = m[0, i], m[1, i], n[0, i], n[1, i]
            phi = _tanh(m0 * x + m1 * y + b[i])
            slope = 1 - phi * phi
            bend = -2 * phi * slope
            f0 += n0 * phi
            f1 += n1 * phi
            a += n0 * m0 * slope
            c += n0 * m1 * slope
            d += n1 * m0 * slope
            e += n1 * m1 * slope
            p += n0 * m0 * m0 * bend
            q += n0 * m0 * m1 * bend
            r += n0 * m1 * m1 * bend
            s += n1 * m0 * m0 * bend
            t += n1 * m0 * m1 * bend
            u += n1 * m1 * m1 * bend
        value[g, 0], value[g, 1] = f0, f1
        jacobian[g, 0, 0], jacobian[g, 0, 1], jacobian[g, 1, 0], jacobian[g, 1, 1] = a, c, d, e
        second[g, 0, 0, 0], second[g, 0, 0, 1], second[g, 0, 1, 0], second[g, 0, 1, 1] = p, q, q, r
        second[g, 1, 0, 0], second[g, 1, 0, 1], second[g, 1, 1, 0], second[g, 1, 1, 1] = s, t, t, u
    return value, jacobian, second


@compiled(nogil=True, fastmath=True, error_model="numpy")
def bounds(m, n, b, kappa, radius):
    """Bounds within `radius` of points κ (G, 2), as an array (4, G): of |D³F|, and of the errors of F, J and D²F.

    As in `_counting._bounds`, of which these are the sums with the lengths of the rows of M and of the columns of N.
    """
    result = np.empty((4, len(kappa)))
    terms, unit = b.size + 20, EPS / 2
    for g in range(len(kappa)):
        x, y = kappa[g, 0], kappa[g, 1]
        reach = abs(x) + abs(y) + radius
        third, value, slope, curvature = 0.0, 0.0, 0.0, 0.0
        for i in range(b.size):
            steep = math.sqrt(m[0, i] * m[0, i] + m[1, i] * m[1, i])
            argument = 2 * (steep * reach + abs(b[i]))
            z = abs(m[0, i] * x + m[1, i] * y + b[i])
            near = min(max(z - steep * radius - unit * argument, 0.0), FARTHEST)
            s = near * near / 2
            root = 1 + s + s * s / 6
            d = 1 / (root * root)
            size = math.sqrt(n[0, i] * n[0, i] + n[1, i] * n[1, i])
            value += size * (terms * min(1.0, z + steep * radius) + argument * d)
            size *= steep
            slope += size * (min(terms, d / unit) + 2 * argument * d)
            size *= steep
            curvature += 2 * size * (min(terms, d / unit) + 2 * argument * d)
            third += size * steep * min(2.0, 4 * d)
        result[0, g], result[1, g] = third, unit * (value + 2 * reach)
        result[2, g], result[3, g] = unit * (slope + 1), unit * curvature
    return result


@compiled(nogil=True, error_model="numpy")
def settle(value, jacobian, second, bound, half, wanted):
    """What each cell holds of fixed points and of ghosts, int arrays (2, G); `wanted` says which is still asked.

    value, jacobian, second, bound : as `derivatives` and `bounds` give them; half : the half-sizes (2,) of all cells.
    """
    answer = np.zeros(wanted.shape, np.int64)
    hx, hy = half
    rho = math.hypot(hx, hy)
    for g in range(len(value)):
        F, J, S = value[g], jacobian[g], second[g]
        third, error, slope_error, bend_error = bound[0, g], bound[1, g], bound[2, g], bound[3, g]
        bend = math.sqrt(S[0, 0, 0] ** 2 + 2 * S[0, 0, 1] ** 2 + S[0, 1, 1] ** 2) + bend_error + third * rho
        bend1 = math.sqrt(S[1, 0, 0] ** 2 + 2 * S[1, 0, 1] ** 2 + S[1, 1, 1] ** 2) + bend_error + third * rho
        if wanted[0, g]:
            e = error + rho * slope_error
            answer[0, g] = _zeros(F[0], F[1], J[0, 0], J[0, 1], J[1, 0], J[1, 1], bend, bend1, e, e, hx, hy)
        if wanted[1, g]:
            answer[1, g] = _ghosts(F, J, S, third, math.hypot(bend, bend1), error, slope_error, bend_error, hx, hy)
    return answer


@compiled(nogil=True, error_model="numpy")
def _ghosts(F, J, S, third, bend, error, slope_error, bend_error, hx, hy):
    """What a cell holds of minima of |F| that are not zero."""
    rho = math.hypot(hx, hy)
    v0, v1 = stretched(J)
    # Largest |J| and |F| in the cell, then of the second derivatives of det J and of F·Jv, and all that rounding adds.
    steep = math.sqrt(J[0, 0] ** 2 + J[0, 1] ** 2 + J[1, 0] ** 2 + J[1, 1] ** 2) + slope_error + rho * bend
    fast = math.hypot(F[0], F[1]) + error + rho * steep
    folded = 2 * (steep * third + bend * bend)
    bent = fast * third + 3 * steep * bend
    det_error = 2 * steep * (slope_error + 2 * EPS * steep) + 2 * rho * (steep * bend_error + bend * slope_error)
    tilt_error = fast * slope_error + steep * error + 4 * EPS * fast * steep
    tilt_error += rho * (2 * steep * slope_error + fast * bend_error + bend * error)
    det, d0, d1 = determinant(J, S)
    if abs(det) > abs(d0) * hx + abs(d1) * hy + folded * rho * rho / 2 + det_error:
        return NONE
    # ½|F|² has the gradient JᵀF and the second derivatives H: no minimum is where H bends down.
    H00, H01, H11 = hessian(F, J, S)
    mean, gap = (H00 + H11) / 2, math.hypot((H00 - H11) / 2, H01)
    if mean - gap < -bent * rho - 2 * tilt_error / rho:
        return NONE
    tilt = F[0] * (J[0, 0] * v0 + J[0, 1] * v1) + F[1] * (J[1, 0] * v0 + J[1, 1] * v1)
    t0, t1 = H00 * v0 + H01 * v1, H01 * v0 + H11 * v1
    answer = _zeros(tilt, det, t0, t1, d0, d1, bent, folded, tilt_error, det_error, hx, hy)
    # Where J vanishes altogether det J has no slope, but |F|² may still be convex.
    if answer == OPEN and mean - gap > bent * rho * (1 + MARGIN) + 4 * tilt_error / rho:
        return ONE
    return answer


@compiled(nogil=True, error_model="numpy")
def _zeros(y0, y1, a00, a01, a10, a11, b0, b1, e0, e1, hx, hy):
    """What a cell holds of zeros of y, of Jacobian A; b and e bound the second derivatives and rounding errors of y."""
    rho = math.hypot(hx, hy)
    # Rows of unit length are compared, and one that is zero has none.
    scale0, scale1 = math.hypot(a00, a01) + b0 * rho, math.hypot(a10, a11) + b1 * rho
    if scale0 > 0:
        y0, a00, a01, b0, e0 = y0 / scale0, a00 / scale0, a01 / scale0, b0 / scale0, e0 / scale0
    if scale1 > 0:
        y1, a10, a11, b1, e1 = y1 / scale1, a10 / scale1, a11 / scale1, b1 / scale1, e1 / scale1
    r0, r1 = b0 * rho * rho / 2 + e0, b1 * rho * rho / 2 + e1
    det = a00 * a11 - a01 * a10
    if _misses(1.0, 0.0, y0, y1, a00, a01, a10, a11, r0, r1, hx, hy):
        return NONE
    if _misses(0.0, 1.0, y0, y1, a00, a01, a10, a11, r0, r1, hx, hy):
        return NONE
    if _misses(y0, y1, y0, y1, a00, a01, a10, a11, r0, r1, hx, hy):
        return NONE
    if _misses(a11, -a01, y0, y1, a00, a01, a10, a11, r0, r1, hx, hy):
        return NONE
    if _misses(-a10, a00, y0, y1, a00, a01, a10, a11, r0, r1, hx, hy):
        return NONE
    inverse = math.hypot(a11, a10) * b0 + math.hypot(a01, a00) * b1
    if abs(det) > (1 + MARGIN) * rho * inverse + 4 * (e0 + e1) / rho:
        return ONE
    # The direction in which A is weakest: of the left singular vectors, the one of the smaller singular value.
    p0, p1 = a00 * a10 + a01 * a11, 0.0
    angle = math.atan2(2 * p0, a00 * a00 + a01 * a01 - a10 * a10 - a11 * a11) / 2
    p0, p1 = -math.sin(angle), math.cos(angle)
    size = abs(p0 * y0 + p1 * y1) + abs(p0 * a00 + p1 * a10) * hx + abs(p0 * a01 + p1 * a11) * hy
    return LOST if size + abs(p0) * r0 + abs(p1) * r1 <= 5 * (abs(p0) * e0 + abs(p1) * e1) else OPEN


@njit(error_model="numpy", inline="always")
def _misses(p0, p1, y0, y1, a00, a01, a10, a11, r0, r1, hx, hy):
    """Whether the row p tells that y has no zero."""
    way = abs(p0 * a00 + p1 * a10) * hx + abs(p0 * a01 + p1 * a11) * hy
    return abs(p0 * y0 + p1 * y1) > way + abs(p0) * r0 + abs(p1) * r1 + 4 * EPS * (abs(p0 * y0) + abs(p1 * y1))


@compiled(nogil=True, error_model="numpy")
def stretched(J):
    """The unit vector v that J stretches most, its first right singular vector."""
    angle = math.atan2(
        2 * (J[0, 0] * J[0, 1] + J[1, 0] * J[1, 1]),
        J[0, 0] ** 2 + J[1, 0] ** 2 - J[0, 1] ** 2 - J[1, 1] ** 2,
    )
    return math.cos(angle / 2), math.sin(angle / 2)


@compiled(nogil=True, error_model="numpy")
def determinant(J, S):
    """The determinant of J, and its derivatives along the two axes."""
    det = J[0, 0] * J[1, 1] - J[0, 1] * J[1, 0]
    d0 = S[0, 0, 0] * J[1, 1] + J[0, 0] * S[1, 0, 1] - S[0, 0, 1] * J[1, 0] - J[0, 1] * S[1, 0, 0]
    d1 = S[0, 0, 1] * J[1, 1] + J[0, 0] * S[1, 1, 1] - S[0, 1, 1] * J[1, 0] - J[0, 1] * S[1, 0, 1]
    return det, d0, d1


@compiled(nogil=True, error_model="numpy")
def hessian(F, J, S):
    """The three second derivatives of ½|F|², JᵀJ + Σ F D²F."""
    H00 = J[0, 0] ** 2 + J[1, 0] ** 2 + F[0] * S[0, 0, 0] + F[1] * S[1, 0, 0]
    H01 = J[0, 0] * J[0, 1] + J[1, 0] * J[1, 1] + F[0] * S[0, 0, 1] + F[1] * S[1, 0, 1]
    H11 = J[0, 1] ** 2 + J[1, 1] ** 2 + F[0] * S[0, 1, 1] + F[1] * S[1, 1, 1]
    return H00, H01, H11
