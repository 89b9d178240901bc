"""The settings of every experiment as a table, read off the records themselves."""

from dataclasses import fields


def table(experiments):
    """One row a figure: what it does and its settings, as Markdown.

    Parameters
    ----------
    experiments : module or namespace
        Its ``__all__`` names the records, each a dataclass instance.

    Returns
    -------
    str
    """
    lines = ["| Record | Experiment | Settings |", "|---|---|---|"]
    for name in experiments.__all__:
        record = getattr(experiments, name)
        what = type(record).__doc__.split("\n")[0]
        settings = ", ".join(f"`{field.name}` {_short(getattr(record, field.name))}" for field in fields(record))
        lines.append(f"| `{name}` | {what} | {settings} |")
    return "\n".join(lines)


def _short(value):
    if isinstance(value, tuple | list | range) and len(value) > 6:
        return f"{value[0]}, {value[1]}, …, {value[-1]}"
    if isinstance(value, tuple | list):
        return ", ".join(_short(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
