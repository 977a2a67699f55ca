// The stage of an exported run: everything is in the file, nothing is listened to.
import { createPanel } from "./panel.js";
import { createPlayer } from "./player.js";

const list = document.querySelector(".sequence");
document.documentElement.classList.add("scripted");
createPlayer(document.querySelector(".player"), list);
createPanel(
  document.getElementById("panel"),
  list,
  document.documentElement.lang.startsWith("zh") ? "关闭" : "Close",
  async (step) => document.getElementById(`m-${step.dataset.key}`).firstElementChild.cloneNode(true),
);
