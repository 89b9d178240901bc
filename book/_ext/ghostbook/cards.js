// Cards: what a link to a word, an equation, a figure, a reference or a claim stands for, shown beside the link.
// They open under the pointer and with the keyboard's focus, and on a touch screen at the first tap; the link still leads
// where it leads. Their content comes in one script, fetched when it is first needed: a page on disk may not fetch data.
(() => {
  const WAIT = 150; // ms that the pointer rests before a card opens
  const GRACE = 250; // ms in which it may cross from the link to the card
  const GAP = 6; // pixels between the two
  const folder = new URL("./", document.currentScript.src);
  const root = new URL("../../", folder);
  let loading, link, timer, byTouch;

  const card = document.createElement("div");
  Object.assign(card, { id: "ghost-card", className: "ghost-card", hidden: true, tabIndex: -1 }); // a tap on it moves the focus to it
  card.setAttribute("role", "tooltip");

  function load() {
    loading ??= new Promise((done) => {
      const script = document.createElement("script");
      script.src = new URL("cards-data.js", folder);
      script.onload = () => done(globalThis.ghostCards);
      script.onerror = () => done({});
      document.head.append(script);
    });
    return loading;
  }

  const linkAt = (target) => target.closest?.("article a:is(.reference.internal, .ghost-chip)[href*='#']");

  function keyOf(link) {
    const url = new URL(link.href);
    if (!url.href.startsWith(root.href)) return "";
    return `${url.pathname.slice(root.pathname.length) || "index.html"}${decodeURIComponent(url.hash)}`;
  }

  async function open(wanted) {
    clearTimeout(timer);
    if (wanted === link) return true;
    close();
    link = wanted;
    const [body, title] = (await load())[keyOf(wanted)] ?? [];
    if (!body || link !== wanted) {
      if (link === wanted) link = undefined;
      return false;
    }
    card.innerHTML = body;
    const place = document.createElement("a");
    Object.assign(place, { href: wanted.href, textContent: title, className: "ghost-card-place", tabIndex: -1 });
    card.append(place);
    card.hidden = false;
    wanted.setAttribute("aria-describedby", card.id);
    wanted.removeAttribute("title"); // the browser would show it as well
    await globalThis.MathJax?.typesetPromise?.([card]);
    if (link === wanted) put(wanted);
    return true;
  }

  function put(beside) {
    const { left, top, bottom } = beside.getClientRects()[0];
    const widest = document.documentElement.clientWidth - card.offsetWidth - GAP;
    const below = bottom + GAP + card.offsetHeight <= innerHeight || top < card.offsetHeight + GAP;
    card.style.left = `${scrollX + Math.max(GAP, Math.min(left, widest))}px`;
    card.style.top = `${scrollY + (below ? bottom + GAP : top - GAP - card.offsetHeight)}px`;
  }

  function close() {
    clearTimeout(timer);
    link?.removeAttribute("aria-describedby");
    link = undefined;
    card.hidden = true;
    globalThis.MathJax?.typesetClear?.([card]);
  }

  function later(action, ms) {
    clearTimeout(timer);
    timer = setTimeout(action, ms);
  }

  document.body.append(card);
  addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType === "touch") return;
    const over = linkAt(target);
    if (over) later(() => open(over), WAIT);
    else if (card.contains(target)) clearTimeout(timer);
    else if (link && link !== document.activeElement) later(close, GRACE);
    else clearTimeout(timer);
  });
  addEventListener("focusin", ({ target }) => target.matches(":focus-visible") && linkAt(target) && open(target));
  addEventListener("focusout", ({ target, relatedTarget }) => target === link && !card.contains(relatedTarget) && close());
  addEventListener("keydown", ({ key }) => key === "Escape" && close());
  addEventListener("pointerdown", ({ target, pointerType }) => {
    byTouch = pointerType === "touch";
    if (byTouch && !linkAt(target) && !card.contains(target)) close();
  });
  addEventListener("click", (event) => {
    const tapped = linkAt(event.target);
    if (!byTouch || !tapped || tapped === link) return;
    event.preventDefault();
    open(tapped).then((opened) => opened || (location.href = tapped.href));
  });
})();
