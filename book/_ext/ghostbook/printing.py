"""A page on paper: light, whatever the screen is, and with all that is folded open, but code."""

SCRIPT = """\
(() => {
  const page = document.documentElement;
  let theme, folded = [];
  addEventListener("beforeprint", () => {
    theme = page.dataset.theme;
    page.dataset.theme = "light";
    folded = [...document.querySelectorAll("details:not(.hide):not([open])")];
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
