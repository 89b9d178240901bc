// A word or a symbol that names a curve lights it up in the nearest live figure, under the pointer or with the keyboard's
// focus, which a tap gives as well: all that has another colour fades. See `lit` in the widgets' picture.js.
(() => {
  const FADED = 0.15;
  const colourOf = (word) => [...word.classList].find((name) => name.startsWith("ghost-curve-")).slice("ghost-curve-".length);
  let figure; // whose curve is lit

  function darken() {
    figure?.removeAttribute("style");
    figure = undefined;
  }

  function light(word) {
    darken();
    const colour = colourOf(word);
    const middle = (element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return (top + bottom) / 2;
    };
    const far = (element) => Math.abs(middle(element) - middle(word));
    const figures = [...document.querySelectorAll(`.ghost-widget:has(.ghost-live:not([hidden]) g[data-colour="${colour}"])`)];
    figure = figures.sort((one, other) => far(one) - far(other))[0];
    figure?.style.setProperty("--ghost-lit", FADED);
    figure?.style.setProperty(`--ghost-lit-${colour}`, 1);
  }

  for (const word of document.querySelectorAll(".ghost-curve")) {
    word.tabIndex = 0;
    word.style.setProperty("--ghost-curve", `var(--ghost-${colourOf(word)})`);
    for (const event of ["pointerenter", "focus"]) word.addEventListener(event, () => light(word));
    for (const event of ["pointerleave", "blur"]) word.addEventListener(event, darken);
  }
})();
