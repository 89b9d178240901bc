// A small figure: one picture whose marks are its knobs, and a line above it that says what they show.

import { Axes, paint, picture } from "./picture.js";
import { button, door, node, track } from "./ui.js";

const SMALL_HEIGHT = 210;
// How far a key moves a mark, in positions of a slider; a mark goes where the arrow points.
const STRIDES = { ArrowRight: 10, ArrowUp: 10, ArrowLeft: -10, ArrowDown: -10, PageUp: 100, PageDown: -100, Home: -Infinity, End: Infinity };

// The widget for `draw(values)`, which returns the axes `x` and `y`, `marks`, the `sentence`, perhaps a `height`, and for each
// parameter, by its name in `knobs`, the mark that moves it: its place `x`, `y`, its `colour`, what `read(x, y)` makes of a
// place, and `against` where the parameter grows to the left or downwards.
export const small = (draw) => ({
  render({ model, el }) {
    const spec = model.get("_spec");
    const names = Object.keys(spec);
    const values = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
    const sentence = node("p", { class: "ghost-sentence" });
    const reset = button("reset", "↺", () => names.forEach((name) => set(name, String(spec[name].default))));
    const { message, set, requested } = door(model);
    const canvas = node("div");
    let shown = null; // what is drawn,
    let axes = null; // in these axes
    let waiting = null;

    function place(name, px, py) {
      const { low, high } = spec[name];
      const value = shown.knobs[name].read(axes.sx.invert(px), axes.sy.invert(py));
      if (!Number.isNaN(value)) set(name, String(Math.max(low, Math.min(high, Number(value.toPrecision(3))))));
    }
    function press(name, event) {
      if (!Object.hasOwn(STRIDES, event.key)) return;
      event.preventDefault();
      const { last, at, onto } = track(spec[name]);
      const step = STRIDES[event.key] * (shown.knobs[name].against ? -1 : 1);
      set(name, String(at(Math.max(0, Math.min(last, Math.round(onto(model.get(name))) + step)))));
    }
    // Where the pointer is in the picture, and where a knob is: within the axes, so that it can always be reached.
    const under = (event) => [event.clientX - frame.getBoundingClientRect().left, event.clientY - frame.getBoundingClientRect().top];
    const placeOf = ({ x, y }) => [Math.max(axes.box.left, Math.min(axes.box.right, axes.sx(x))), Math.max(axes.box.top, Math.min(axes.box.bottom, axes.sy(y)))];

    function grip(name) {
      let [dx, dy] = [0, 0]; // from the knob to the finger that holds it
      return node("span", {
        class: "ghost-grip", role: "slider", tabindex: 0, "aria-label": spec[name].label, "data-name": name, "data-lm-suppress-shortcuts": "true",
        onkeydown: (event) => press(name, event),
        onpointerdown(event) {
          event.currentTarget.setPointerCapture(event.pointerId);
          const [[px, py], [kx, ky]] = [under(event), placeOf(shown.knobs[name])];
          [dx, dy] = [px - kx, py - ky];
        },
        onpointermove(event) {
          if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
          const [px, py] = under(event);
          place(name, px - dx, py - dy);
        },
      });
    }
    const grips = new Map(names.map((name) => [name, grip(name)]));
    const frame = node("div", { class: "ghost-picture", onclick: jump }, canvas, ...grips.values());
    // A click beside the knobs brings the nearest one there.
    function jump(event) {
      if (event.target.closest(".ghost-grip")) return;
      const [px, py] = under(event);
      const far = (name) => Math.hypot(...placeOf(shown.knobs[name]).map((at, i) => at - [px, py][i]));
      place(names.reduce((nearest, name) => (far(name) < far(nearest) ? name : nearest)), px, py);
    }

    function redraw() {
      waiting = null;
      const [all, width] = [values(), Math.max(240, frame.clientWidth)];
      shown = draw(all);
      const description = { width, height: SMALL_HEIGHT, alt: shown.sentence, ...shown };
      axes = new Axes(description);
      canvas.innerHTML = picture(description);
      for (const [name, element] of grips) {
        const [left, top] = placeOf(shown.knobs[name]);
        Object.assign(element.style, { left: `${left}px`, top: `${top}px`, color: paint(shown.knobs[name].colour ?? "ink") });
        const { low, high } = spec[name];
        for (const [key, value] of Object.entries({ min: low, max: high, now: all[name], text: shown.sentence })) element.setAttribute(`aria-value${key}`, value);
      }
      sentence.textContent = shown.sentence;
      reset.style.visibility = names.every((name) => all[name] === spec[name].default) ? "hidden" : "";
    }
    const changed = () => (waiting ??= requestAnimationFrame(redraw));

    reset.setAttribute("aria-label", "Reset");
    el.replaceChildren(node("div", { class: "ghost-shell ghost-small" }, node("div", { class: "ghost-saying" }, sentence, reset), frame, message));
    for (const name of names) model.on(`change:${name}`, changed);
    model.on("change:_request", requested);
    redraw();
    requested();
    const observer = new ResizeObserver(changed);
    observer.observe(frame);
    return () => {
      observer.disconnect();
      for (const name of names) model.off(`change:${name}`, changed);
      model.off("change:_request", requested);
      cancelAnimationFrame(waiting);
    };
  },
});
