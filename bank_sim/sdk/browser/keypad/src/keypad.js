// The keypad of one form: blank keys over a picture that the bank drew. It learns places, never digits.
// Where the user turns on their own keyboard (off at first, for those who cannot see the picture), digits pass through
// this script too, but not through the page: the field that is typed into holds dots.

import { seal } from "./jwe.js";
import { Typed } from "./typed.js";

export class Keypad {
  constructor(suite, element) {
    this.suite = suite;
    this.element = element;
    this.form = element.closest("form");
    this.find = (name) => element.querySelector(`[data-keypad-${name}]`);
    this.dots = [...this.find("dots").children];
    this.typed = new Typed(this.dots.length, () => this.show());
    this.byKeyboard = false;
    this.listen();
    this.show();
  }

  listen() {
    const keys = [...this.element.querySelectorAll("[data-keypad-key]")];
    keys.forEach((key, place) => key.addEventListener("click", () => this.typed.add(place)));
    this.find("delete").addEventListener("click", () => this.typed.dropLast());
    this.find("clear").addEventListener("click", () => this.typed.wipe());
    this.find("switch").addEventListener("click", () => this.switchKeyboard());
    this.find("field").addEventListener("beforeinput", (event) => this.onKeyboard(event));
    this.form.addEventListener("submit", (event) => this.onSubmit(event));
    addEventListener("pagehide", () => this.typed.wipe());
    // A page out of the browser's memory holds a keypad that was used.
    addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  show() {
    this.dots.forEach((dot, number) => dot.classList.toggle("full", number < this.typed.count));
    const counts = this.element.dataset.keypadCounts.split("|");
    this.find("count").textContent = counts[this.typed.count];
    this.find("field").value = "•".repeat(this.typed.count);
    if (this.typed.count > 0) this.find("error").hidden = true;
  }

  switchKeyboard() {
    this.byKeyboard = !this.byKeyboard;
    this.typed.wipe();
    this.find("switch").setAttribute("aria-pressed", String(this.byKeyboard));
    this.find("own").hidden = !this.byKeyboard;
    this.find("keys").hidden = this.byKeyboard;
    if (this.byKeyboard) this.find("field").focus();
  }

  // The browser is kept from writing anything into the field; pasting and filling in are not taken.
  onKeyboard(event) {
    // The enter key writes nothing either: it sends the form.
    if (event.inputType === "insertLineBreak") return;
    event.preventDefault();
    if (event.inputType.startsWith("delete")) this.typed.dropLast();
    if (event.inputType !== "insertText") return;
    for (const character of event.data ?? "") if (/[0-9]/.test(character)) this.typed.add(character);
  }

  // The form goes to the bank only with what was typed sealed; `sent` lets through the second, sealed submission.
  async onSubmit(event) {
    if (this.sent) return;
    event.preventDefault();
    if (this.typed.complete || elsewhere(event.submitter)) await this.send(await this.entry(event.submitter), event.submitter);
    else this.complain();
  }

  async entry(submitter) {
    const { keypadToken: nonce, keypadApp: app_id, keypadApi: api_id, keypadJwk } = this.element.dataset;
    const values = this.typed.take();
    let fields = this.byKeyboard ? { digits: values.join("") } : { keys: values };
    if (elsewhere(submitter)) fields = { keys: [] };
    if (this.element.dataset.keypadParent) fields.fields = this.ticks(submitter);
    const sealed = await seal(this.suite, JSON.parse(keypadJwk), { app_id, api_id, nonce }, fields);
    values.fill(0);
    return sealed;
  }

  // The other inputs of a form that reaches the bank only through the page around it.
  ticks(submitter) {
    const named = [...new FormData(this.form)].filter(([name]) => name !== "sealed");
    if (submitter?.name) named.push([submitter.name, submitter.value]);
    return Object.fromEntries(named);
  }

  async send(sealed, submitter) {
    const parent = this.element.dataset.keypadParent;
    if (parent) return this.handToParent(sealed, parent);
    this.form.elements.sealed.value = sealed;
    this.sent = true;
    // Not while the first submission is still being told around: the browser would take no second one then.
    setTimeout(() => this.form.requestSubmit(submitter));
  }

  // Only the one origin that may frame this page gets it, whoever holds the frame.
  handToParent(sealed, origin) {
    this.form.querySelectorAll("button, input").forEach((each) => (each.disabled = true));
    parent.postMessage({ type: "bank-embedded-proof", sealed }, origin);
  }

  complain() {
    this.find("error").hidden = false;
    (this.byKeyboard ? this.find("field") : this.element.querySelector("[data-keypad-key]")).focus();
  }
}

// A button for another way than the keypad, which asks for no digits.
const elsewhere = (submitter) => submitter?.name === "by";

export function attach(suite) {
  document.querySelectorAll("[data-keypad]").forEach((element) => new Keypad(suite, element));
}
