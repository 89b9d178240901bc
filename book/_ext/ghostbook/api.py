"""The library's reference, read from its docstrings: records show their fields, and |x| is a modulus."""

import re
from typing import NamedTuple


_FIELDS = re.compile(r"(\w+(?:, \w+)*) : (.+)")
_MODULUS = re.compile(r"(``.*?``)|\\?\|")
_SOURCE = re.compile(r"Source: (.+)")
_SECTION = re.compile(r"-{3,}")
TupleField = type(vars(NamedTuple("_", [("field", int)]))["field"])


def with_defined_fields(lines):
    """A record's docstring with each ``name, name : text`` before its first headed section as a definition.

    Parameters
    ----------
    lines : list of str

    Returns
    -------
    list of str
        reStructuredText: the names, in code type, and below them their text, indented.
    """
    end = next((number for number, line in enumerate(lines) if _SECTION.fullmatch(line.strip())), len(lines))
    told = []
    for line in lines[:end]:
        fields = _FIELDS.fullmatch(line)
        if fields:
            told += [", ".join(f"``{name}``" for name in fields[1].split(", ")), f"    {fields[2]}"]
        else:
            told.append(line)
    return told + lines[end:]


def with_source_section(lines):
    """The docstring with its last word, ``Source: …``, under a heading of its own.

    Otherwise it would count as one more line of the section before.
    """
    told = []
    for line in lines:
        source = _SOURCE.fullmatch(line)
        told += ["Source", "------", source[1]] if source else [line]
    return told


def with_plain_bars(line):
    """The line with ``|T − t|`` meant as it is written: reStructuredText would take it for a substitution."""
    return _MODULUS.sub(lambda bar: bar[1] or r"\|", line)


def _read(app, what, name, obj, options, lines):
    fields = with_defined_fields(lines) if what == "class" else lines
    lines[:] = map(with_plain_bars, with_source_section(fields))


def _skip_bare_fields(app, what, name, obj, skip, options):
    return True if isinstance(obj, TupleField) else None


def _know_source_sections(app, config):
    config.napoleon_custom_sections = ["Source"]


def setup(app):
    app.connect("config-inited", _know_source_sections)
    app.connect("autodoc-process-docstring", _read, priority=400)  # before napoleon reads the sections
    app.connect("autodoc-skip-member", _skip_bare_fields)
