"""The order of events at a small scale: against a dense scan of every epoch, and counted by hand."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from ghostlib import experiments, outcomes, plots
from ghostlib.dynamics.passage import ghost_of
from ghostlib.dynamics.sharpness import sharpness
from ghostlib.experiments.rank_one import events
from ghostlib.experiments.rank_one.events import Events, events_of_seed
from ghostlib.experiments.rank_one.order import EventOrder, EventOrders, OrderByRate
from ghostlib.experiments.rank_one.steps import trained_with_step, with_step
from ghostlib.experiments.rank_one.time_steps import StepOutcomes
from ghostlib.networks.records import RankOne
from ghostlib.networks.task import TASK
from ghostlib.page.numbers import counted
from ghostlib.training import train


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GHOSTLIB_CACHE", str(tmp_path))


@pytest.fixture(scope="module")
def seen():
    """Seed 5 at twice the lower rate, and its events looked for in chunks that the jump does not divide."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "CHUNK", 1500)
        found = events_of_seed(5, 0.006, 20_000)
    end = int(found.jump) + 400
    history = train(RankOne.initial(5), TASK, 0.006, end, snapshots=range(int(found.jump), end))
    return found, history


def test_events_are_those_of_a_training_in_one_go(seen):
    found, history = seen
    loss, jump = history.loss, int(found.jump)
    assert jump == outcomes.jump(loss) and found.perfect == np.argmax(history.accuracy == 1)
    assert found.rise == jump + 1 + np.argmax(np.diff(loss[jump:]) > 0)
    assert found.loss_before_rise == loss[found.rise - 1] and found.loss_at_ghost == loss[found.ghost]
    high, low = np.argmax(loss < 0.9), np.argmax(loss < 0.1)
    assert found.fall == pytest.approx((low - high) / low)
    norm = history.gradient_norm
    assert found.norm_rise == pytest.approx(norm[: jump + 100].max() / norm[jump - 1000], rel=1e-6)


def test_the_ghost_and_the_sharp_valley_are_the_first_of_all_epochs(seen):
    found, history = seen
    networks, jump = history.snapshots, int(found.jump)
    have = [ghost_of(network) is not None for network in networks[: int(found.ghost) - jump + 1]]
    assert have.index(True) == len(have) - 1
    above = sharpness(networks[: int(found.rise) - jump + 1], TASK) > 2 / 0.006
    assert jump + int(np.argmax(above)) == found.sharp
    rest = networks[int(found.rise) - 1 - jump]
    assert rest.flow(float(found.resting)) == pytest.approx(0, abs=1e-9)
    assert found.bound_before < 0 and found.number == 1


def test_the_way_is_read_where_the_accuracy_is_first_perfect(seen):
    found, history = seen
    network = history.snapshots[int(found.perfect - found.jump)]
    kappa = np.linspace(float(network.kappa0(TASK)), 1, 5001)
    assert found.start == pytest.approx(kappa[0])
    assert found.slowest == pytest.approx(network.flow(kappa).min(), rel=1e-4)
    assert found.slope == pytest.approx(network.slope(kappa).max(), abs=1e-4)


def test_a_network_that_does_not_jump_has_no_events():
    found = events_of_seed(0, 0.003, 60)
    assert [found.jump, found.perfect, found.sharp, found.ghost, found.rise, found.number] == [-1, -1, -1, -1, -1, 0]
    assert found.bound_before < 0 and np.isnan(found.resting)
    order = replace(experiments.ORDERS, seeds=2, epochs=(60, 60)).run().low
    assert (order.asked, order.jumped) == (2, 0)


def drawn(**changes):
    """Four networks: ghost first, rise first, ghost first, and one without a ghost or a sharp valley."""
    fields = dict.fromkeys(Events._fields, np.zeros(4))
    fields |= {
        "jump": np.full(4, 1000),
        "perfect": np.array([1010, 1010, 1060, 1010]),
        "sharp": np.array([1035, 1010, 1045, -1]),
        "ghost": np.array([1040, 1030, 1050, -1]),
        "rise": np.array([1060, 1020, 1070, 1001]),
        "loss_before_rise": np.array([0.01, 0.1, 0.03, 0.3]),
        "number": np.array([1, 1, 3, 1]),
        "bound_before": np.array([-0.5, -0.4, -0.6, -0.3]),
    }
    return EventOrder(0.003, 5, Events(**fields | changes))


def test_shares_are_counted_by_who_comes_first():
    order = drawn()
    assert (order.jumped, order.ghost_first, order.rise_first) == (4, 2, 2)
    assert (order.sharp_first, order.sharp_before_ghost, order.perfect_first) == (3, 3, 3)
    assert order.ghost_after == {"least": 30, "median": 40, "most": 50}
    assert order.rise_after == {"least": 1, "median": 40, "most": 70}
    assert order.loss_before == {"with": pytest.approx(0.02), "without": pytest.approx(0.2)}
    assert order.most_fixed_points == 3
    assert drawn(number=np.array([1, 0, 1, 1])).most_fixed_points == 0
    np.testing.assert_allclose(order.apart, [0.02, 0.01, 0.02, np.inf])


def test_verdicts_follow_the_shares_and_can_fall_either_way():
    orders = EventOrders(drawn(), drawn(rise=np.array([1060, 1040, 1070, 1001])))
    assert (orders.jumped, orders.share, orders.ghost_before_solution) == (8, 5 / 8, 1 / 4)
    assert orders.counts == f"{counted(2, 4)} at α = 0.003; {counted(3, 4)} at α = 0.003"
    assert orders.ghosts_before_drop == 0
    early = drawn(bound_before=np.array([-0.5, 0.1, -0.6, 0.0]))
    assert EventOrders(early, drawn()).ghosts_before_drop == 2
    every = drawn(ghost=np.full(4, 1000))
    assert EventOrders(every, every).share == 1 and EventOrders(every, every).ghost_before_solution == 1


def test_the_clock_is_learning_rate_times_epochs_and_the_order_turns_at_a_rate():
    three = Events(*(np.array(column)[:3] for column in drawn().events))
    by_rate = OrderByRate(np.array([0.001, 0.004, 0.008]), three)
    assert by_rate.ghost_clock == {"low": pytest.approx(0.04), "high": pytest.approx(0.4)}
    assert by_rate.rise_clock == {"low": pytest.approx(0.06), "high": pytest.approx(0.56)}
    assert by_rate.ghost_first_to == 0.008
    none = replace(by_rate, events=three._replace(ghost=np.array([1040, 1030, -1])))
    assert (none.ghost_clock["high"], none.ghost_first_to) == (pytest.approx(0.12), 0.001)


def test_a_share_is_said_with_its_exact_interval():
    assert counted(0, 74) == "0 of 74 (0% to 5%)"  # 1 − 0.025^(1/74) = 4.9%
    assert counted(5, 10) == "5 of 10 (19% to 81%)"


def test_a_finer_step_keeps_the_delay():
    task = with_step(1.25)
    assert (task.T, task.T * task.dt, task.delta) == (80, 100, 0.125)


def test_a_training_with_a_step_is_that_of_its_task():
    escape, settled, swing, m, _, _ = trained_with_step(5, 2.5, 0.02, 200, 100)
    history = train(RankOne.initial(5), with_step(2.5), 0.02, 200)
    assert escape == -1 and settled == outcomes.settled_loss(history.loss)
    assert swing == history.loss[-100:].max() - history.loss[-100:].min()
    np.testing.assert_array_equal(m[1], history.networks.m)


def test_escapes_are_counted_by_step():
    networks = train(RankOne.initial([5, 6]), TASK, 0.02, 0).networks
    pairs = RankOne(*(np.broadcast_to(each[:, None], (2, 2, 2, 100)) for each in (networks.m, networks.n, networks.b)))
    escape = np.array([[5, 7], [-1, 9]])
    found = StepOutcomes((5.0, 2.5), escape, escape * 1.0, escape * 1.0, pairs)
    assert (found.escape_share, found.escape_share_finer, found.seeds) == (1, 0.5, 2)
    assert found.escaped == {"5": 2, "2.5": 1} and found.of_all_finer == counted(1, 2)
    assert found.rise_time.shape == (2, 2, 2)


def test_every_event_is_a_mark_in_the_row_of_its_network():
    figure = plots.order_of_events(drawn(), drawn())
    sharp, ghost, rise = figure.axes[0].collections
    assert [len(marks.get_offsets()) for marks in (sharp, ghost, rise)] == [3, 3, 4]
    assert sorted(rise.get_offsets()[:, 0]) == [1, 20, 60, 70]
    plt.close(figure)
