// The stage of a run: listens to its stream, keeps the diagram in order, hands the rest to player and panel.
import { insertByTime, stepsIn } from "./order.js";
import { createPanel } from "./panel.js";
import { createPlayer } from "./player.js";

const diagram = document.querySelector(".diagram");
const list = diagram.querySelector(".sequence");
const nothing = document.querySelector(".nothing");
const ending = document.getElementById("ending");
const player = createPlayer(document.querySelector(".player"), list);
const close = document.documentElement.lang.startsWith("zh") ? "关闭" : "Close";

createPanel(document.getElementById("panel"), list, close, async (step) => {
  const address = step.querySelector("a").href;
  const answer = await fetch(`${address}?part=panel`, { headers: { Accept: "text/html" } });
  if (!answer.ok) {
    location.href = address;
    return null;
  }
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  return template.content;
});

function take(steps) {
  for (const step of steps) insertByTime(list, step);
  if (list.querySelector(".from-line, .to-line")) diagram.classList.add("on-the-line");
  nothing.hidden = list.children.length > 0;
  player.grown(steps);
}

function listen() {
  const stream = new EventSource(diagram.dataset.stream);
  stream.addEventListener("rows", (event) => take(stepsIn(JSON.parse(event.data).html)));
  stream.addEventListener("afresh", () => {
    list.replaceChildren();
    diagram.classList.remove("on-the-line");
    take([]);
  });
  stream.addEventListener("phase", (event) => {
    const { phase, html } = JSON.parse(event.data);
    if (phase !== "live") ending.innerHTML = html;
    // The stream ends with the play; a browser would open it again for ever.
    if (phase === "ended") stream.close();
  });
  window.addEventListener("pagehide", () => stream.close());
}

if (diagram.dataset.stream) listen();
