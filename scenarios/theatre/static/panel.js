// Puts the inspection of a chosen message beside the diagram; where it comes from, the page knows.

export function createPanel(panel, list, closeWord, contentOf) {
  let chosen = "";

  function close() {
    panel.classList.remove("open");
    for (const step of list.querySelectorAll(".chosen")) step.classList.remove("chosen");
    const step = list.querySelector(`[data-key="${CSS.escape(chosen)}"] > a`);
    chosen = "";
    if (step) step.focus({ preventScroll: true });
  }

  async function choose(step) {
    chosen = step.dataset.key;
    for (const each of list.children) each.classList.toggle("chosen", each.dataset.key === chosen);
    const content = await contentOf(step);
    if (!content || chosen !== step.dataset.key) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet small close";
    button.textContent = closeWord;
    button.addEventListener("click", close);
    panel.replaceChildren(button, content);
    panel.classList.add("open");
    panel.scrollTop = 0;
  }

  list.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    choose(link.parentElement);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen) close();
  });
}
