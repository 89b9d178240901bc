"""What this book asks of Sphinx beyond its extensions: one small module an idea."""

from importlib import import_module


PARTS = (
    "access", "api", "claims", "equations", "figures", "grammar", "icons", "launch", "ledger", "offline", "printing",
    "referee", "search", "summary", "theme", "widgets",
)  # fmt: skip


def setup(app):
    for part in PARTS:
        import_module(f"{__name__}.{part}").setup(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
