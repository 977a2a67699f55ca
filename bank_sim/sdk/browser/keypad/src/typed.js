// What was typed so far, as places of keys (or, on the user's own keyboard, digits), and the dots that stand for it.
// It is kept in this object alone and wiped when it has been sealed; nothing of it is written into the page.

export class Typed {
  #values = [];
  #length;
  #changed;

  constructor(length, changed) {
    this.#length = length;
    this.#changed = changed;
  }

  get count() {
    return this.#values.length;
  }

  get complete() {
    return this.#values.length === this.#length;
  }

  add(value) {
    if (!this.complete) this.#values.push(value);
    this.#changed();
  }

  dropLast() {
    this.#values.pop();
    this.#changed();
  }

  wipe() {
    this.#values.fill(0);
    this.#values.length = 0;
    this.#changed();
  }

  // Hands the values over once; what stays behind is nothing.
  take() {
    const values = this.#values.slice();
    this.wipe();
    return values;
  }
}
