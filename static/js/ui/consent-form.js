/** Consent, and the name that goes with it: one that somebody here has, or almost, is asked about. */
import { find } from "./elements.js";
import { clearText, setText } from "./i18n.js";
import { readName } from "./person.js";
import { onSubmit, whileBusy } from "./recording-session.js";
import { whoIsCalled } from "./voice-learning.js";

const form = find("#consent", HTMLFormElement);
const nameField = find("#consent-name", HTMLInputElement);
const note = find("#consent-name-note");
const isMe = find("#consent-known");

export class ConsentForm {
  #voice;

  /**
   * @param {import("../cepstra.js").Cepstra} voice
   * @param {object} handlers
   * @param {(name: string) => Promise<void>} handlers.onAgree
   * @param {(name: string) => Promise<void>} handlers.onKnown the person is somebody who is known here
   */
  constructor(voice, { onAgree, onKnown }) {
    this.#voice = voice;
    onSubmit(form, async () => {
      const name = await this.#name();
      return name !== null && onAgree(name);
    });
    isMe.addEventListener("click", () => whileBusy(isMe, () => onKnown(String(isMe.dataset.name))));
  }

  /** @param {string} name that is suggested */
  suggest(name) {
    nameField.value = name;
  }

  /**
   * @param {boolean} isShown
   * @param {string} [why] words that say why it is asked again
   */
  show(isShown, why) {
    form.hidden = !isShown;
    isMe.hidden = true;
    clearText(note);
    if (why) {
      setText(note, why);
    }
  }

  /** @returns {Promise<string | null>} null where it is wrong, or the person has to say whose it is */
  async #name() {
    if (find("#consent-name-field").hidden) {
      return this.#voice.speaker;
    }
    const name = readName(nameField, note);
    if (name === null || (await this.#isAskedAbout(name))) {
      return null;
    }
    clearText(note);
    return name;
  }

  /**
   * A name that is somebody's is always asked about, one that is almost somebody's once.
   * @param {string} name
   */
  async #isAskedAbout(name) {
    const isAnswered = !isMe.hidden && isMe.dataset.given === name;
    const known = await whoIsCalled(this.#voice.client, name);
    const isTheirs = known === name.normalize("NFC");
    if (known === null || (isAnswered && !isTheirs)) {
      return false;
    }
    setText(note, isTheirs ? "consent.taken" : "consent.alike", { speaker: known });
    isMe.hidden = false;
    Object.assign(isMe.dataset, { name: known, given: name });
    return true;
  }
}
