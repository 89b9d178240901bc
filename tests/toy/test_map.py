"""The compiled descent: the same bits in threads, after a fork and without a compiler, for arrays of any layout."""

import os
import subprocess
import sys

import numpy as np
import pytest

from ghostlib import toy


IN_THREADS = """
from concurrent.futures import ThreadPoolExecutor
import numpy as np
from ghostlib import toy

starts = np.linspace(1, 12, 5000)
alone = toy.descend_rescaled(starts, 0.9, 300)
with ThreadPoolExecutor(2) as pool:
    for run in pool.map(lambda _: toy.descend_rescaled(starts, 0.9, 300), range(8)):
        np.testing.assert_array_equal(run, alone)
"""

AFTER_A_FORK = """
import multiprocessing
import numpy as np
from ghostlib import toy

starts = np.linspace(1, 12, 5000)
alone = toy.descend_rescaled(starts, 0.9, 300)
with multiprocessing.get_context("fork").Pool(1) as pool:
    run = pool.apply_async(toy.descend_rescaled, (starts, 0.9, 300)).get(timeout=30)
np.testing.assert_array_equal(run, alone)
"""

WITHOUT_A_COMPILER = """
import numpy as np
from ghostlib import toy

r = toy.r_star(100) * np.array([-1, -1e-15, 0, 1e-15, 0.2, 0.9, 1.1, 10])
limits = {"c": [[0.1], [1], [10]], "x_star": 10}
losses = toy.finite_loss(r, 100, **limits), toy.finite_gradient(r, 100, **limits), toy.euler_loss(r, 100, **limits)
end = toy.final_state([0.1, 1.5, 3, 8], 1.02, 200)
for numbers in (*losses, toy.descend(r, 1e-9, 100, 200).r, end.rho, end.epoch):
    print(np.asarray(numbers, dtype=float).tobytes().hex())
"""


def run(script, **environment):
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_two_python_threads_may_descend_at_once():
    run(IN_THREADS, NUMBA_THREADING_LAYER="workqueue")


@pytest.mark.skipif(sys.platform != "linux", reason="fork is the default of no other system")
def test_a_process_may_fork_after_a_descent():
    run(AFTER_A_FORK)


def test_without_a_compiler_the_results_are_the_same_to_the_last_bit(tmp_path):
    assert run(WITHOUT_A_COMPILER, NUMBA_DISABLE_JIT="1", NUMBA_CACHE_DIR=str(tmp_path)) == run(WITHOUT_A_COMPILER)


def test_the_layout_of_the_arrays_does_not_matter():
    rho = np.random.default_rng(0).uniform(0.3, 9, (4, 6))
    plain, turned = toy.final_state(rho, 1.1, 50), toy.final_state(np.asfortranarray(rho), 1.1, 50)
    np.testing.assert_array_equal(turned.rho, plain.rho)
    np.testing.assert_array_equal(turned.epoch, plain.epoch)
    np.testing.assert_array_equal(
        toy.descend_rescaled(rho.T, 1.1, 50), toy.descend_rescaled(rho, 1.1, 50).swapaxes(0, 1)
    )


def test_the_starts_are_not_changed():
    rho = np.array([3.0, 5.0])
    toy.descend_rescaled(rho, 0.9, 10), toy.final_state(rho, 0.9, 10), toy.descend(rho, 1e-9, 100, 10)
    assert rho.tolist() == [3, 5]


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0)])
def test_no_runs_at_all_are_an_empty_result(shape):
    none = np.empty(shape)
    assert toy.descend_rescaled(none, 1.0, 5).shape == (*shape, 6)
    assert toy.descend(none, 1e-10, 100, 5).loss.shape == (*shape, 6)
    end = toy.final_state(none, 1.0, 5)
    assert end.rho.shape == end.epoch.shape == end.trapped.shape == shape
    assert toy.finite_loss(none, 1, c=1, x_star=1).shape == toy.euler_loss(none, 1, c=1, x_star=1).shape == shape


class TestOverflow:
    """A step beyond the largest float is infinite; such a run never comes back, and its loss is T."""

    def test_a_run_ends_at_infinity_on_either_side_with_a_loss_of_T(self):
        run = toy.descend(toy.r_star(100) * np.array([0.5, 1, 2]), 1e308, 100, 3)
        np.testing.assert_array_equal(run.r[:, -1], [np.inf, toy.r_star(100), -np.inf])
        np.testing.assert_array_equal(run.loss[[0, 2], 1:], 100)

    def test_one_step_agrees(self):
        assert toy.step(2 * toy.r_star(100), 1e308, 100) == -np.inf
        assert toy.rescaled_step([0.3, 2.0], 1.7e308).tolist() == [np.inf, 2.0 - 0.75 * 1.7e308 / 2**1.5]

    def test_a_start_far_out_does_not_move(self):
        assert toy.descend(1e300, 1.0, 1, 5).r.tolist() == [1e300] * 6
        assert toy.gradient(1e300, 1) == 0 == toy.rescaled_step(1e300, 1) - 1e300
        assert toy.final_state([1e300, 3], 1e308, 5).trapped.tolist() == [False, True]
