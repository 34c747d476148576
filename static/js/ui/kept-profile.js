/** The voice that this browser keeps: sealed, checked with nothing sent, removed. */
import { showNotice } from "./alerts.js";
import { find } from "./elements.js";
import { decimal, moment, onLanguage, setText } from "./i18n.js";
import { isSomebodyHere } from "./person.js";
import { listenTo, whileBusy } from "./recording-session.js";
import { clearVerdict, drawScale, outcomeOf, showVerdict } from "./verdict.js";

/** @typedef {import("../embedding/offline-profile.js").OfflineProfile} OfflineProfile */

const form = find("#kept", HTMLFormElement);
const passphrase = find("#kept-passphrase", HTMLInputElement);
const verdict = find("#kept-verdict");
const [check, keep, remove] = ["check", "keep", "remove"].map((name) => find(`#kept-${name}`, HTMLButtonElement));

/**
 * Where the browser keeps nothing, watching goes on without it.
 * @param {{code?: string}} error
 * @returns {undefined}
 */
function unlessRefused(error) {
  if (error.code !== "storage-refused") {
    throw error;
  }
}

export class KeptProfile {
  #voice;
  #session;
  #view;

  /**
   * @param {import("./screens.js").ScreenTools} tools
   * @param {import("./prompt-view.js").PromptView} view of the screen
   */
  constructor({ voice, session }, view) {
    this.#voice = voice;
    this.#session = session;
    this.#view = view;
    check.addEventListener("click", () => (session.isActive ? session.stop() : this.#check()));
    keep.addEventListener("click", () => whileBusy(keep, () => this.#keep()));
    remove.addEventListener("click", () => whileBusy(remove, () => this.#remove()));
    form.addEventListener("submit", (event) => event.preventDefault()); // Enter in the field keeps nothing by mistake
    listenTo(voice, { speech: ({ share }) => check.dataset.running === "true" && view.progress(share) });
    onLanguage(() => this.show());
  }

  /** For whoever is at the page now. */
  async show() {
    const { speaker } = this.#voice;
    const profile = await this.#voice.keptProfile().catch(unlessRefused);
    form.hidden = profile === undefined || (profile === null && !isSomebodyHere()); // no voice can be kept
    clearVerdict(verdict);
    const key = profile ? "kept.lead" : "kept.lead.none";
    setText(find("#kept-lead"), key, { speaker, date: moment(profile?.keptAt ?? "") });
    check.hidden = remove.hidden = !profile;
  }

  async #keep() {
    if (form.reportValidity()) {
      await this.#voice.keepProfile(passphrase.value);
      passphrase.value = "";
      await this.show();
      showNotice("kept.kept");
    }
  }

  async #remove() {
    await this.#voice.removeProfile();
    await this.show();
    showNotice("kept.removed");
    find("#watch-title").focus();
  }

  async #check() {
    if (!form.reportValidity()) {
      return;
    }
    clearVerdict(verdict);
    const place = { view: this.#view, button: check, idle: "kept.check", isPrompted: false };
    const result = await this.#session.run(place, async (signal) => {
      const profile = await this.#voice.openProfile(passphrase.value);
      this.#view.show("listening", { line: "kept.talk" });
      return profile.verify({ signal });
    });
    this.#view.progress(0);
    if (result) {
      this.#tell(result);
    }
  }

  /** @param {import("../embedding/offline-profile.js").OfflineResult} result */
  #tell({ decision, llr, threshold, probability, speechS }) {
    const outcome = outcomeOf({ decision, probability });
    const told = decision === "reject" && outcome === "unsure" ? "verify.unsure" : `kept.${decision}`;
    showVerdict(verdict, {
      outcome,
      title: [told, { speaker: this.#voice.speaker }],
      reason: ["kept.because", { seconds: decimal(speechS) }],
      scale: drawScale([{ llr, threshold, name: "", outcome, isNewest: true }]),
    });
  }
}
