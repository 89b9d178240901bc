"""What this book asks of Sphinx beyond its extensions: one small module an idea."""

from importlib import import_module


PARTS = (
    "access", "api", "asks", "cards", "claims", "curves", "equations", "figures", "formulas", "grammar", "icons",
    "launch", "ledger", "notebooks", "notfound", "offline", "preview", "printing", "reading", "referee", "search",
    "sources", "summary", "tables", "terms", "theme", "tiles", "widgets",
    "policy",  # the last: it takes what all others have put into the pages
)  # fmt: skip


def setup(app):
    for part in PARTS:
        import_module(f"{__name__}.{part}").setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
