"""The settings of every experiment, read off the records themselves."""

from dataclasses import fields


def listing(experiments):
    """One entry a record: what it does and its settings, as a Markdown list.

    Parameters
    ----------
    experiments : module or namespace
        Its ``__all__`` names the records, each a dataclass instance.

    Returns
    -------
    str
    """
    return "\n".join(_entry(name, getattr(experiments, name)) for name in experiments.__all__)


def _entry(name, record):
    what = type(record).__doc__.split("\n")[0]
    settings = ", ".join(f"`{field.name}` {_short(getattr(record, field.name))}" for field in fields(record))
    return f"* **`{name}`** {what}\\\n  {settings}."


def _short(value):
    if isinstance(value, tuple | list | range):
        items = [_short(item) for item in value]
        return ", ".join(items if len(items) <= 6 else [*items[:2], "…", items[-1]])
    return f"{value:g}" if isinstance(value, float) else str(value)
