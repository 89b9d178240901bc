"""The scripts of a static page, with what widgets share in files that a browser fetches once for the whole book."""

import json

from ghostlib import widgets
from ghostlib.widgets._bundle import core, names, part


def kinds():
    """The class of every widget, by the name of its module."""
    return {each.module: each for each in (getattr(widgets, name) for name in widgets.__all__)}


def scripts(modules):
    """The classic scripts for a page with some widgets, file name → text, in the order in which they have to run.

    Parameters
    ----------
    modules : iterable of str
        Names of the widgets' modules; a ValueError if there is none of that name.
    """
    modules = list(dict.fromkeys(modules))
    unknown = set(modules) - set(names())
    if unknown:
        raise ValueError(f"modules: {', '.join(sorted(unknown))} unknown; allowed are {', '.join(names())}")
    shared = {name: make for module in modules for name, make in kinds()[module].shared.items()}
    return {
        "core.js": core(),
        **{
            f"{name.strip('_')}.js": f"ghostWidgets.share({json.dumps({name: make()})});\n"
            for name, make in shared.items()
        },
        **{f"{module}.js": part(module) for module in modules},
    }
