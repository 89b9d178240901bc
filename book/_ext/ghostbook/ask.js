// Questions in the text that take a number: a guess, which is kept and set beside the run's answer, and an exercise's
// answer, which is checked. The page has an empty <span class="ghost-ask"> where each of them stands; without this script
// the reader writes on paper. `parse` is the widgets' own, from numbers.js, which the build puts in front.

// Private windows and some settings refuse storage; then a guess lasts as long as the page.
function stored(key, value) {
  try {
    if (value !== undefined) localStorage.setItem(key, value);
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

// What is said to a checked answer: `within` is the relative difference that is allowed.
function verdict(value, answer, within) {
  if (Math.abs(value - answer) <= within * Math.abs(answer)) return "Right.";
  if (value !== 0 && Math.sign(value) !== Math.sign(answer)) return "Not yet: look at the sign.";
  return `Not yet: too ${Math.abs(value) > Math.abs(answer) ? "large" : "small"}.`;
}

function ask(host, number) {
  const { answer, within, name } = host.dataset;
  const guess = within === undefined;
  const key = `ghost:${location.pathname.split("/").pop()}:${name}`;
  host.innerHTML = '<input type="text" size="7" autocomplete="off" spellcheck="false"> <button type="button"></button> <span role="status"></span>';
  const [input, button, said] = host.children;
  input.setAttribute("aria-label", `your ${guess ? "guess" : "answer"}, question ${number}`);
  button.textContent = guess ? "Compare" : "Check";
  said.textContent = guess ? "" : `within ${Number((100 * within).toPrecision(3))}%`;

  function reply() {
    const value = parse(input.value);
    if (Number.isNaN(value)) return (said.textContent = "A number, please, such as 0.5 or 2e-4.");
    if (!guess) return (said.textContent = verdict(value, Number(answer), Number(within)));
    stored(key, input.value);
    return show();
  }
  // A guess that has been compared stays as it is: what one has thought before is what counts.
  function show() {
    input.readOnly = true;
    button.remove();
    said.textContent = `your guess; the answer: ${answer}`;
  }
  button.addEventListener("click", reply);
  input.addEventListener("keydown", (event) => event.key === "Enter" && button.isConnected && reply());
  const before = guess && stored(key);
  if (before) {
    input.value = before;
    show();
  }
}

for (const [at, host] of [...document.querySelectorAll(".ghost-ask")].entries()) ask(host, at + 1);
