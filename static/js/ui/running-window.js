/** The last so many values of a stream, oldest first. */
export class RunningWindow {
  #values = [];
  #length;

  constructor(length) {
    this.#length = length;
  }

  /** How many it holds at most. */
  get length() {
    return this.#length;
  }

  get values() {
    return this.#values;
  }

  push(values) {
    this.#values = [...this.#values, ...values].slice(-this.#length);
  }

  clear() {
    this.#values = [];
  }
}
