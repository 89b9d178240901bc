"""The library behind the chapters. A folder imports only from those above it.

toy/          the toy model ẋ = x² + r: Eqs. 1–2 and 6–15, finite threshold, rescaled descent
networks/     the tasks; RankOne, LowRank, FullRank, DrivenLowRank, DrivenFullRank; the adjoint; PyTorch as the oracle
outcomes.py   learned, trapped, recovered, solved: the one place where these words are defined
training/     `train`: whole ensembles by gradient descent, compiled
dynamics/     `slow_points`: fixed points and ghosts; passage, visits, bifurcations, sharpness
page/         numbers for the prose, the ledger of claims, what each colour means
experiments/  one frozen record a figure: its settings, and run(); a folder each for the toy, rank one, confidence, …
plots/        one function a figure
widgets/      figures with knobs

The names that people type are here, and are loaded when they are first used: `import ghostlib` loads nothing heavy.
"""

from importlib import import_module


_HOME = {
    "toy": "ghostlib.toy",
    "outcomes": "ghostlib.outcomes",
    "experiments": "ghostlib.experiments",
    "plots": "ghostlib.plots",
    "widgets": "ghostlib.widgets",
    "DelayedActivation": "ghostlib.networks.task",
    "Trials": "ghostlib.networks.trials",
    "DelayedCueDiscrimination": "ghostlib.networks.trials",
    "DelayedMatchToSample": "ghostlib.networks.trials",
    "RankOne": "ghostlib.networks.records",
    "LowRank": "ghostlib.networks.records",
    "FullRank": "ghostlib.networks.records",
    "DrivenFullRank": "ghostlib.networks.driven",
    "DrivenLowRank": "ghostlib.networks.driven",
    "History": "ghostlib.networks.history",
    "read_network": "ghostlib.networks.reader",
    "train": "ghostlib.training",
    "slow_points": "ghostlib.dynamics.slow_points",
}
__all__ = sorted(_HOME)


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"module 'ghostlib' has no attribute {name!r}")
    module = import_module(_HOME[name])
    return module if _HOME[name] == f"ghostlib.{name}" else getattr(module, name)


def __dir__():
    return __all__
