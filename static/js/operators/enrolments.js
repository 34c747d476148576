/** Who is enrolled and how consistently, to rename and to delete. */
import { ServiceError } from "../errors.js";
import { isSpeakerName } from "../names.js";
import { showNotice } from "../ui/alerts.js";
import { element, find } from "../ui/elements.js";
import { label, moment, percent, setText, worded } from "../ui/i18n.js";
import { ask } from "../ui/dialogs.js";
import { whileBusy } from "../ui/recording-session.js";
import { smallButton, softText } from "../ui/buttons.js";

const PAGE_LENGTH = 100; // as cepstra/verification/speakers.py
const [list, more] = [find("#list"), find("#more")];

/** @typedef {{alias: string, created_at: string, n_takes: number, consistency: number | null, n_unlike: number}} Enrolment */

/** @param {Enrolment} enrolment */
function described({ created_at: created, n_takes: count, consistency, n_unlike: unlike }) {
  const date = moment(created);
  if (unlike > 0) {
    return softText("speakers.two", { date, count, unlike });
  }
  return softText(consistency === null ? "speakers.takes" : "speakers.one", { date, count, consistency: percent((consistency ?? 0) / 100) });
}

export class EnrolmentsPanel {
  #client;

  /** @param {import("../api-client.js").ApiClient} client */
  constructor(client) {
    this.#client = client;
  }

  /** @param {string} [after] name of the last one shown */
  async show(after) {
    /** @type {{enrolments: Enrolment[]}} */
    const { enrolments } = /** @type {any} */ (await this.#client.call("GET", "enrolments", { query: { after } }));
    const rows = enrolments.map((each) => this.#row(each));
    if (after === undefined) {
      list.replaceChildren();
    }
    list.append(...rows);
    more.hidden = enrolments.length < PAGE_LENGTH;
    more.onclick = () => whileBusy(more, () => this.show(enrolments.at(-1)?.alias));
    this.#showNobody();
  }

  /**
   * @param {Enrolment} enrolment
   * @returns {HTMLElement}
   */
  #row(enrolment) {
    const { alias: speaker, n_unlike: unlike } = enrolment;
    const item = element("li", { "data-unlike": unlike }, element("strong", {}, speaker), described(enrolment));
    const rename = smallButton("speakers.rename", "speakers.renameNamed", { speaker }, async () => this.#openNameField(item, enrolment));
    const remove = smallButton("delete.confirm", "speakers.deleteNamed", { speaker }, () => this.#remove(item, speaker));
    item.append(...(isSpeakerName(speaker) ? [rename, remove] : [])); // TENANT/NAME is for the tenant's own keys
    return item;
  }

  /**
   * @param {HTMLElement} item
   * @param {Enrolment} enrolment
   */
  #openNameField(item, enrolment) {
    const input = element("input", { maxlength: "64", required: "", autocomplete: "off", spellcheck: "false" });
    const note = element("p", { class: "field-note", role: "status" });
    const save = worded("button", { class: "button primary small" }, "speakers.save");
    input.value = enrolment.alias;
    label(input, "speakers.newName", { speaker: enrolment.alias });
    const naming = element("form", { class: "row" }, input, save, note);
    naming.addEventListener("submit", (event) => {
      event.preventDefault();
      const name = input.value.trim();
      if (isSpeakerName(name)) {
        whileBusy(save, () => this.#rename(item, enrolment, name, note));
      } else {
        setText(note, "speaker.wrong");
      }
    });
    item.replaceChildren(naming);
    input.select();
  }

  /**
   * @param {HTMLElement} item
   * @param {Enrolment} enrolment
   * @param {string} name
   * @param {HTMLElement} note
   */
  async #rename(item, enrolment, name, note) {
    const { alias: speaker } = enrolment;
    try {
      const { alias } = await this.#client.call("PUT", ["speakers", speaker], { body: { alias: name } });
      item.replaceWith(this.#row({ ...enrolment, alias }));
      showNotice("speakers.renamed", { speaker, name: alias });
      find("#speakers-title").focus();
    } catch (error) {
      if (!(error instanceof ServiceError && error.status === 409)) {
        throw error;
      }
      setText(note, "speakers.taken");
    }
  }

  /**
   * @param {HTMLElement} item
   * @param {string} speaker
   */
  async #remove(item, speaker) {
    if (await ask("delete", { speaker })) {
      await this.#client.delete(speaker);
      item.remove();
      this.#showNobody();
      showNotice("speakers.deleted", { speaker });
      find("#speakers-title").focus();
    }
  }

  #showNobody() {
    find("#nobody").hidden = list.children.length > 0 || !more.hidden;
  }
}
