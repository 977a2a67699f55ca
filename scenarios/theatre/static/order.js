// Keeps the steps of the diagram in the order of time, whatever order they become known in.

export function timeOf(step) {
  return Number(step.dataset.at);
}

export function insertByTime(list, step) {
  // What is new is nearly always the newest: looked for from the end.
  let before = list.lastElementChild;
  while (before && timeOf(before) > timeOf(step)) before = before.previousElementSibling;
  list.insertBefore(step, before ? before.nextElementSibling : list.firstElementChild);
}

export function stepsIn(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.querySelectorAll("li")];
}
