"""A page on paper: light, whatever the screen is, and with every answer, derivation and row of the ledger unfolded."""

SCRIPT = """\
(() => {
  const page = document.documentElement;
  let theme, folded = [];
  addEventListener("beforeprint", () => {
    theme = page.dataset.theme;
    page.dataset.theme = "light";
    folded = [...document.querySelectorAll("details:is(.sd-dropdown, .ghost-ledger *):not([open])")];
    folded.forEach((part) => (part.open = true));
  });
  addEventListener("afterprint", () => {
    page.dataset.theme = theme;
    folded.forEach((part) => (part.open = false));
  });
})();
"""


def setup(app):
    app.add_js_file(None, body=SCRIPT)
