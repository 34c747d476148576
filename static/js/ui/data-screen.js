/** What the service keeps about one person: to see, to take along, to delete. */
import { showNotice } from "./alerts.js";
import { figure, logItem, smallButton, softText } from "./buttons.js";
import { ask } from "./dialogs.js";
import { save } from "./download.js";
import { element, fillList, find } from "./elements.js";
import { moment, phrase, setText, toSay, worded } from "./i18n.js";
import { focusAfterSigning, forgetEntries } from "./person.js";
import { whileBusy } from "./recording-session.js";
import { SeparationCharts } from "./separation-charts.js";

/** @typedef {import("../api-client.js").Status} Status */

const LEAST_TAKES = 6; // fewer are not parted by the service

/** @param {Status} status */
function voiceFigure({ training_log: takes, unlike_takes: unlike, sounds_like_another: isAnothers }) {
  if (isAnothers) {
    return figure("data.voice", "data.voice.anothers");
  }
  if (unlike.length > 0) {
    return figure("data.voice", "data.voice.two", { number: unlike.length });
  }
  return figure("data.voice", takes.length < LEAST_TAKES ? "data.voice.few" : "data.voice.one");
}

/** @param {Status} status */
function showFigures(status) {
  const { training_log: takes, mfcc_train_store_length: frames, consent, scoring_log: attempts } = status;
  find("#figures").replaceChildren(
    figure("data.takes", "data.value", { value: takes.length }),
    figure("data.frames", "data.value", { value: frames }),
    figure("data.attempts", "data.value", { value: attempts.length }),
    consent ? figure("data.consent", "data.value", { value: moment(consent.datetime) }) : figure("data.consent", "data.consent.none"),
    voiceFigure(status),
  );
}

/** @param {import("../api-client.js").ScoredAttempt} attempt */
function attemptItem({ datetime, digits, decided }) {
  const count = digits.length;
  const said = count === 0 ? phrase("data.log.free", {}) : phrase("data.log.digits", { count, digits: toSay(...digits) });
  return logItem(datetime, `data.log.${decided ?? "untold"}`, { said });
}

/** @param {import("../api-client.js").ScoredAttempt[]} attempts */
function fillLog(attempts) {
  fillList(find("#log"), attempts, attemptItem, [empty("data.log.none")]);
}

/** @param {string} key */
function empty(key) {
  return worded("li", { class: "soft" }, key);
}

/**
 * Whether nothing is kept; where people sign in, there is an account at least.
 * @param {Status} status
 */
function isNothing({ mfcc_train_store_length: takes, mfcc_test_store_length: tests, scoring_log: attempts, consent }) {
  return document.body.dataset.auth !== "on" && consent === null && takes + tests + attempts.length === 0;
}

/**
 * What the scores of the own takes hang on: they stay shown while it stays the same.
 * @param {Status | null} status
 */
const ofScores = (status) => JSON.stringify([status?.alias, status?.training_log, status?.score_threshold]);

const buttons = ["#export", "#apart-show", "#delete"].map((selector) => find(selector, HTMLButtonElement));

export class DataScreen {
  #voice;
  #onChange;
  /**
   * Whose data are shown, which is also whose data the buttons take along and delete.
   * @type {Status | null}
   */
  #shown = null;
  #apart = new SeparationCharts();

  /**
   * @param {import("../cepstra.js").Cepstra} voice
   * @param {() => Promise<void>} onChange told when something was deleted
   */
  constructor(voice, onChange) {
    this.#voice = voice;
    this.#onChange = onChange;
    const [take, apart, erase] = buttons;
    take.addEventListener("click", () => this.#with(take, (status) => this.#export(status)));
    apart.addEventListener("click", () => this.#with(apart, (status) => this.#tellApart(status)));
    erase.addEventListener("click", () => this.#with(erase, (status) => this.#delete(status)));
    this.clear();
  }

  /**
   * Nobody's data are shown, and nobody's can be deleted, until it is known whose they are.
   * @param {string} [key] of the words that say why
   * @param {string | null} [speaker]
   */
  clear(key = "data.unknown", speaker = null) {
    this.#shown = null;
    this.#apart.clear();
    setText(find("#data-lead"), key, { speaker });
    find("#figures").replaceChildren();
    this.#fillDevices([]);
    fillLog([]);
    find("#data-known").hidden = true;
  }

  /** @param {Status} status of the speaker */
  show(status) {
    if (isNothing(status)) {
      this.clear("data.nothing", status.alias);
      return;
    }
    if (ofScores(status) !== ofScores(this.#shown)) {
      this.#apart.clear();
    }
    this.#shown = status;
    setText(find("#data-lead"), "data.lead", { speaker: status.alias });
    showFigures(status);
    this.#fillDevices(status.devices, status.alias);
    fillLog(status.scoring_log);
    find("#data-known").hidden = false;
  }

  /**
   * @param {Status["devices"]} devices
   * @param {string} [alias] of their speaker
   */
  #fillDevices(devices, alias = "") {
    const entries = devices.map((device) => ({ ...device, alias }));
    fillList(find("#devices"), entries, (entry) => this.#device(entry), [empty("data.devices.none")]);
  }

  /** @param {Status["devices"][number] & {alias: string}} entry */
  #device({ device, takes, alias }) {
    const count = softText("data.device.takes", { count: takes });
    if (device === null) {
      return element("li", {}, worded("strong", {}, "data.device.unnamed"), count);
    }
    const act = () => this.#forget(device, alias);
    const forget = smallButton("data.device.forget", "data.device.forgetNamed", { device }, act);
    return element("li", {}, element("strong", {}, device), count, forget);
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {(status: Status) => Promise<void>} act on whose data are shown now
   */
  #with(button, act) {
    const shown = this.#shown;
    return shown && whileBusy(button, () => act(shown));
  }

  /** @param {Status} status */
  async #export({ alias }) {
    const data = await this.#voice.client.export(alias);
    save(`cepstra-${alias}.json`, JSON.stringify(data, null, 1));
    showNotice("data.exported");
  }

  /** @param {Status} status */
  async #tellApart({ alias, score_threshold: threshold }) {
    const reply = await this.#voice.client.intrusionTest(alias);
    this.#apart.show(reply, /** @type {number} */ (threshold)); // without one the service refuses
  }

  /**
   * @param {string} device
   * @param {string} alias
   */
  async #forget(device, alias) {
    if (await ask("forget", { device })) {
      await this.#voice.client.deleteDevice(alias, device);
      await this.#onChange();
      showNotice("data.forgotten", { device });
      find("#data-title").focus();
    }
  }

  /** @param {Status} status */
  async #delete({ alias }) {
    if (await ask("delete", { speaker: alias })) {
      await this.#voice.client.delete(alias);
      forgetEntries();
      await this.#onChange();
      showNotice("data.deleted", { speaker: alias });
      focusAfterSigning();
    }
  }
}
