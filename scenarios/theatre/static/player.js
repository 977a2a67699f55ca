// Plays the diagram: pause, step, rewind, another speed. It shows or hides steps that are there; it makes none.
import { timeOf } from "./order.js";

// Real gaps are milliseconds or minutes; an audience needs something between.
const GAP_MS_MIN = 350;
const GAP_MS_MAX = 1400;

export function createPlayer(root, list) {
  const slider = root.querySelector("input[type=range]");
  const output = root.querySelector("output");
  const speed = root.querySelector("select");
  const toggle = root.querySelector("[data-do=play]");
  const player = { position: list.children.length, following: true, timer: 0 };

  function steps() {
    return [...list.children];
  }

  function show({ scroll } = { scroll: true }) {
    const all = steps();
    all.forEach((step, index) => {
      step.hidden = index >= player.position;
      step.classList.toggle("now", !player.following && index === player.position - 1);
    });
    slider.max = all.length;
    slider.value = player.position;
    output.textContent = `${player.position} / ${all.length}`;
    root.classList.toggle("playing", player.timer !== 0);
    toggle.querySelector(".label").textContent = toggle.dataset[player.timer ? "pause" : "play"];
    const newest = all[player.position - 1];
    if (scroll && newest && !player.following) newest.scrollIntoView({ block: "nearest" });
  }

  function stop() {
    clearTimeout(player.timer);
    player.timer = 0;
  }

  function goTo(position) {
    const count = list.children.length;
    player.position = Math.max(0, Math.min(position, count));
    player.following = player.position === count && !player.timer;
    show();
  }

  function tick() {
    const all = steps();
    if (player.position >= all.length) {
      stop();
      goTo(all.length);
      return;
    }
    all[player.position].classList.add("arriving");
    player.position += 1;
    player.following = false;
    const next = all[player.position];
    const gap = next ? (timeOf(next) - timeOf(all[player.position - 1])) / 1000 : GAP_MS_MIN;
    const wait = Math.min(GAP_MS_MAX, Math.max(GAP_MS_MIN, gap)) / Number(speed.value);
    player.timer = setTimeout(tick, wait);
    show();
  }

  const actions = {
    first: () => { stop(); goTo(0); },
    back: () => { stop(); goTo(player.position - 1); },
    next: () => { stop(); goTo(player.position + 1); },
    last: () => { stop(); goTo(list.children.length); },
    play: () => {
      if (player.timer) {
        stop();
        player.following = false;
        show();
        return;
      }
      if (player.position >= list.children.length) player.position = 0;
      tick();
    },
  };

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) actions[button.dataset.do]();
  });
  slider.addEventListener("input", () => { stop(); goTo(Number(slider.value)); });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea, button, summary, pre") || event.altKey || event.ctrlKey || event.metaKey) return;
    const key = { ArrowLeft: "back", ArrowRight: "next", Home: "first", End: "last", " ": "play" }[event.key];
    if (!key || !list.children.length) return;
    event.preventDefault();
    actions[key]();
  });

  // Whoever follows sees what is new; whoever looks at something else keeps what they look at.
  player.grown = (added) => {
    if (player.following) {
      player.position = list.children.length;
      added.forEach((step) => step.classList.add("arriving"));
    }
    root.hidden = !list.children.length;
    show({ scroll: false });
  };
  player.grown([]);
  return player;
}
