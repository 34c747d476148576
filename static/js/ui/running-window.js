/**
 * The last so many values of a stream, oldest first.
 * @template T
 */
export class RunningWindow {
  /** @type {T[]} */
  #values = [];
  #length;

  /** @param {number} length */
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

  /** @param {T[]} values */
  push(values) {
    this.#values = [...this.#values, ...values].slice(-this.#length);
  }

  clear() {
    this.#values = [];
  }
}
