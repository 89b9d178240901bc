// A formula is copied as its TeX, $…$ in a line and $$…$$ by itself: what MathJax draws has no letters to copy.
(() => {
  addEventListener("copy", (event) => {
    const selection = getSelection();
    if (event.target.closest?.("input, textarea") || selection.isCollapsed) return;
    const formulas = [...(globalThis.MathJax?.startup?.document?.math ?? [])].filter(
      ({ typesetRoot }) => typesetRoot && selection.containsNode(typesetRoot, true),
    );
    if (!formulas.length) return;
    const range = selection.getRangeAt(0).cloneRange();
    for (const { typesetRoot, math, display } of formulas) {
      if (typesetRoot.contains(range.startContainer)) range.setStartBefore(typesetRoot);
      if (typesetRoot.contains(range.endContainer)) range.setEndAfter(typesetRoot);
      const mark = display ? "$$" : "$";
      typesetRoot.dataset.tex = mark + math.trim() + mark;
    }
    // Only what stands in the page has lines.
    const copied = document.createElement("div");
    copied.className = "ghost-copied";
    copied.append(range.cloneContents());
    for (const formula of copied.querySelectorAll("mjx-container")) formula.replaceWith(formula.dataset.tex);
    for (const extra of copied.querySelectorAll(".eqno, .headerlink")) extra.remove();
    document.body.append(copied);
    event.clipboardData.setData("text/plain", copied.innerText.trim());
    event.clipboardData.setData("text/html", copied.innerHTML);
    copied.remove();
    event.preventDefault();
  });
})();
