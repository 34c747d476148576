/** Attempts over time, and what came of them. */
import { find } from "../ui/elements.js";
import { onLanguage } from "../ui/i18n.js";
import { onSubmit } from "../ui/recording-session.js";
import { drawAttempts } from "./attempts-chart.js";

/** @type {Record<string, {by: string, periods: number}>} */
const SPANS = {
  day: { by: "hour", periods: 24 },
  week: { by: "hour", periods: 168 },
  month: { by: "day", periods: 30 },
  year: { by: "day", periods: 365 },
};
const form = find("#attempts-form", HTMLFormElement);
const span = find("#attempts-span", HTMLSelectElement);
const name = find("#attempts-name", HTMLInputElement);

export class AttemptsPanel {
  #client;
  /** @type {any} */
  #told = null;

  /** @param {import("../api-client.js").ApiClient} client */
  constructor(client) {
    this.#client = client;
    onSubmit(form, () => this.show());
    onLanguage(() => this.#draw());
  }

  async show() {
    const query = { ...SPANS[span.value], name: name.value.trim() || undefined };
    this.#told = await this.#client.call("GET", "attempts", { query });
    this.#draw();
  }

  #draw() {
    if (this.#told) {
      drawAttempts(find("#attempts-chart"), find("#attempts-table"), this.#told);
    }
  }
}
