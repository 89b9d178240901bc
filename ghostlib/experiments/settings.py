"""The settings of every experiment, read off the records themselves."""

from dataclasses import fields, is_dataclass


def listing(experiments):
    """What each record of the module `experiments` does and its settings, as a Markdown list; by name."""
    records = {name: record for name, record in vars(experiments).items() if is_dataclass(record)}
    return "\n".join(_entry(name, records[name]) for name in sorted(records))


def _entry(name, record):
    what = type(record).__doc__.split("\n")[0]
    settings = ", ".join(f"`{field.name}` {_short(getattr(record, field.name))}" for field in fields(record))
    return f"* **`{name}`** {what}\\\n  {settings}."


def _short(value):
    if isinstance(value, tuple | list | range):
        items = [_short(item) for item in value]
        return ", ".join(items if len(items) <= 6 else [*items[:2], "…", items[-1]])
    return f"{value:g}" if isinstance(value, float) else str(value)
