/** What the service keeps about the speaker: to see, to take along, to delete. */
import { label, moment, percent, setText } from "./i18n.js";
import { announce, showFailure } from "./alerts.js";
import { ask } from "./dialogs.js";
import { element, find } from "./elements.js";
import { SeparationCharts } from "./separation-charts.js";

/** @typedef {import("../api-client.js").Status} Status */

/**
 * @param {string} name of what is counted
 * @param {string} key of the words that tell how much
 * @param {import("./i18n.js").Values} [values]
 */
function figure(name, key, values) {
  const [term, words] = [element("dt"), element("dd")];
  setText(term, `data.${name}`);
  setText(words, key, values);
  return element("div", {}, term, words);
}

/** @param {Status} status */
function showFigures({ training_log: takes, mfcc_train_store_length: frames, consent, scoring_log: attempts }) {
  find("#figures").replaceChildren(
    figure("takes", "data.number", { number: takes.length }),
    figure("frames", "data.number", { number: frames }),
    figure("attempts", "data.number", { number: attempts.length }),
    consent ? figure("consent", "data.date", { date: moment(consent.datetime) }) : figure("consent", "data.consent.none"),
  );
}

/** @param {import("../api-client.js").ScoredAttempt} attempt */
function logItem({ datetime, digit, result }) {
  const [when, what] = [element("span", { class: "soft" }), element("span", { class: "numeric" })];
  setText(when, "data.date", { date: moment(datetime) });
  setText(what, "data.log.result", { digit: digit ?? "·", result: percent(result / 100) });
  return element("li", {}, when, what);
}

/** @param {string} key */
function empty(key) {
  const item = element("li", { class: "soft" });
  setText(item, key);
  return item;
}

/**
 * Hands a file over without another request: the page keeps the token, a link would not.
 * @param {string} name
 * @param {string} contents JSON
 */
function save(name, contents) {
  const address = URL.createObjectURL(new Blob([contents], { type: "application/json" }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address));
}

export class DataScreen {
  #voice;
  #onChange;
  /** @type {number | null} */
  #threshold = null;
  #apart = new SeparationCharts();

  /**
   * @param {import("../cepstra.js").Cepstra} voice
   * @param {() => Promise<void>} onChange told when something was deleted
   */
  constructor(voice, onChange) {
    this.#voice = voice;
    this.#onChange = onChange;
    find("#export").addEventListener("click", () => this.#try(() => this.#export()));
    find("#apart-show").addEventListener("click", () => this.#try(() => this.#tellApart()));
    find("#delete").addEventListener("click", () => this.#try(() => this.#delete()));
  }

  /** @param {Status} status of the speaker */
  show(status) {
    setText(find("#data-lead"), "data.lead", { speaker: status.alias });
    this.#threshold = status.score_threshold;
    this.#apart.clear();
    showFigures(status);
    const devices = status.devices.map((device) => this.#device(device));
    find("#devices").replaceChildren(...(devices.length ? devices : [empty("data.devices.none")]));
    const log = status.scoring_log.map(logItem);
    find("#log").replaceChildren(...(log.length ? log : [empty("data.log.none")]));
  }

  /** @param {Status["devices"][number]} device */
  #device({ device, takes }) {
    const [name, count] = [element("strong", {}, device ?? ""), element("span", { class: "soft" })];
    setText(count, "data.device.takes", { count: takes });
    if (device === null) {
      setText(name, "data.device.unnamed");
      return element("li", {}, name, count);
    }
    const forget = element("button", { type: "button", class: "button quiet small" });
    setText(forget, "data.device.forget");
    label(forget, "data.device.forgetNamed", { device });
    forget.addEventListener("click", () => this.#try(() => this.#forget(device)));
    return element("li", {}, name, count, forget);
  }

  /** @param {() => Promise<void>} act */
  async #try(act) {
    try {
      await act();
    } catch (error) {
      showFailure(error);
    }
  }

  async #export() {
    const { speaker, client } = this.#voice;
    const data = await client.export(speaker);
    save(`cepstra-${speaker}.json`, JSON.stringify(data, null, 1));
    announce("data.exported");
  }

  async #tellApart() {
    const reply = await this.#voice.client.intrusionTest(this.#voice.speaker);
    this.#apart.show(reply, /** @type {number} */ (this.#threshold)); // without one the service refuses
  }

  /** @param {string} device */
  async #forget(device) {
    if (await ask("forget", { device })) {
      await this.#voice.client.deleteDevice(this.#voice.speaker, device);
      await this.#onChange();
      find("#data-title").focus();
    }
  }

  async #delete() {
    const { speaker } = this.#voice;
    if (await ask("delete", { speaker })) {
      await this.#voice.client.delete(speaker);
      await this.#onChange();
      announce("data.deleted", { speaker });
      find("#data-title").focus();
    }
  }
}
