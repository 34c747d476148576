/** When a picture is drawn: once a frame of the screen at most, and anew when the colours of the page change. */
import { onThemeChange } from "./theme-changes.js";

export class Drawing {
  #figure;
  #draw;
  #isDue = false;
  #forget;

  /**
   * @param {HTMLElement} figure holds the picture; nothing is drawn while it is in no document
   * @param {object} options
   * @param {() => void} options.draw
   * @param {() => void} options.forgetColours called before it is drawn in others
   */
  constructor(figure, { draw, forgetColours }) {
    this.#figure = figure;
    this.#draw = draw;
    this.#forget = onThemeChange(() => {
      forgetColours();
      this.request();
    });
    this.request();
  }

  request() {
    if (!this.#isDue) {
      this.#isDue = true;
      requestAnimationFrame(() => this.#drawNow());
    }
  }

  /** Removes the figure and frees what outlives it. */
  destroy() {
    this.#forget();
    this.#figure.remove();
  }

  #drawNow() {
    this.#isDue = false;
    if (this.#figure.isConnected) {
      this.#draw();
    }
  }
}
