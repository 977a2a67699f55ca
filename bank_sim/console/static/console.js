// The console's one script: refreshes the live figures, closes an open menu, and fills in the login where the sandbox has
// aids. Without it every page works; the figures are then as of loading, and a menu closes by its own heading.
"use strict";

const EVERY_MS = 5000;

function keepLive(figures) {
  const button = document.getElementById("pause");
  const state = document.getElementById("live-state");
  let paused = false;
  let failures = 0;
  button.hidden = false;
  button.addEventListener("click", () => {
    paused = !paused;
    button.textContent = paused ? button.dataset.resume : button.dataset.pause;
    button.setAttribute("aria-pressed", String(paused));
    state.textContent = paused ? state.dataset.paused : state.dataset.live;
  });
  async function refresh() {
    // Nobody's focus or open table is taken away, and a hidden page asks for nothing.
    const inUse = figures.contains(document.activeElement) || figures.querySelector("details[open]");
    if (paused || document.hidden || inUse) return;
    const answer = await fetch(figures.dataset.from, { redirect: "manual", headers: { Accept: "text/html" } });
    if (answer.type === "opaqueredirect") return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    figures.replaceChildren(...parsed.getElementById("figures").childNodes);
    failures = 0;
  }
  setInterval(() => {
    refresh().catch(() => {
      failures += 1;
      if (failures === 3) state.textContent = state.dataset.paused;
    });
  }, EVERY_MS);
}

function offerStaff(aid) {
  const button = aid.querySelector("button");
  button.hidden = false;
  button.addEventListener("click", async () => {
    const staff = await (await fetch("/aids/staff")).json();
    const offered = staff.map((each) => {
      const choice = document.createElement("button");
      choice.type = "button";
      choice.className = "small";
      choice.textContent = `${each.name} · ${aid.dataset[each.role]}`;
      choice.addEventListener("click", () => {
        document.getElementById("login_name").value = each.login_name;
        document.getElementById("password").value = each.password;
      });
      return choice;
    });
    const list = aid.querySelector(".actions");
    list.replaceChildren(...offered);
    list.hidden = false;
    button.hidden = true;
    offered[0]?.focus();
  });
}

function closeMenus(menus) {
  document.addEventListener("click", (event) => {
    for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus) {
      if (menu.open && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      menu.open = false;
    }
  });
}

closeMenus(document.querySelectorAll(".masthead details"));
const figures = document.getElementById("live");
if (figures) keepLive(figures);
const aid = document.getElementById("aid");
if (aid) offerStaff(aid);
