// Fills in for one of the sandbox's people. Who they are is fetched by the click and stands in no page. What the keypad
// takes has to be pressed on it: this only says which digits.
const box = document.querySelector("[data-aid-people]");
const list = box.querySelector("[data-aid-list]");
const said = box.querySelector("[data-aid-said]");

function fill(person) {
  const plain = document.querySelector("#password");
  const name = document.querySelector("#login_name");
  name.value = person.login_name;
  if (plain) plain.value = person.password;
  said.textContent = plain ? box.dataset.done : box.dataset.press.replace("{password}", person.password);
}

function offer(person) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "small";
  button.textContent = `${person.name} · ${person.login_name}`;
  button.addEventListener("click", () => fill(person));
  return button;
}

async function load() {
  try {
    const answer = await fetch("/aids/people", { credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.status);
    const { people } = await answer.json();
    list.replaceChildren(...people.map(offer));
    list.firstElementChild?.focus();
  } catch {
    said.textContent = box.dataset.failed;
  }
}

box.querySelector("[data-aid-load]").addEventListener("click", load);
box.hidden = false;
