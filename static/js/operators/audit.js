/** The audit log: searched, and handed out as CSV or JSON. */
import { save } from "../ui/download.js";
import { find } from "../ui/elements.js";
import { moment, onLanguage } from "../ui/i18n.js";
import { onSubmit, whileBusy } from "../ui/recording-session.js";
import { callerWords, reasonWords, termWords } from "./audit-words.js";
import { tableRow } from "../ui/buttons.js";

const PAGE_LENGTH = 50;
const MOST = 10_000; // of one call, as resources/schemas/audit.py
const form = find("#audit-form", HTMLFormElement);
const table = find("#audit-table");
const columns = document.querySelectorAll("#audit th");
const more = find("#audit-more");

/** @typedef {{id: number, datetime: string, caller: string, action: string, speaker_id: number | null, speaker: string | null, decision: string, reason: string | null, address: string | null}} Entry */

/** @returns {Record<string, unknown>} what the form asks for, times with their zone */
function wanted() {
  const filled = [...new FormData(form)].filter(([, value]) => String(value).trim() !== "");
  const asked = Object.fromEntries(filled.map(([name, value]) => [name, String(value).trim()]));
  for (const name of ["since", "until"]) {
    if (asked[name]) {
      asked[name] = new Date(asked[name]).toISOString();
    }
  }
  return asked;
}

/** @param {Entry} entry */
function row({ datetime, speaker, speaker_id: number, ...entry }) {
  const whose = speaker ?? (number === null ? null : `#${number}`);
  const [action, decision] = [termWords("action", entry.action), termWords("decision", entry.decision)];
  const cells = [moment(datetime)(), action, whose, decision, reasonWords(entry.reason), callerWords(entry.caller), entry.address];
  const made = tableRow(cells);
  columns.forEach(({ textContent }, index) => made.children[index].setAttribute("data-column", String(textContent))); // for a phone
  return made;
}

export class AuditPanel {
  #client;
  /** @type {Entry[]} */
  #shown = [];

  /** @param {import("../api-client.js").ApiClient} client */
  constructor(client) {
    this.#client = client;
    onLanguage(() => table.replaceChildren(...this.#shown.map(row)));
    onSubmit(form, () => this.show());
    for (const type of ["csv", "json"]) {
      const button = find(`#audit-${type}`);
      button.addEventListener("click", () => whileBusy(button, () => this.#save(type)));
    }
  }

  async show() {
    this.#shown = [];
    table.replaceChildren();
    await this.#add();
  }

  /** @param {number} [before] number of the oldest one shown */
  async #add(before) {
    const query = { ...wanted(), limit: PAGE_LENGTH, before };
    /** @type {{entries: Entry[]}} */
    const { entries } = /** @type {any} */ (await this.#client.call("GET", "audit", { query }));
    this.#shown.push(...entries);
    table.append(...entries.map(row));
    find("#no-entries").hidden = table.children.length > 0;
    more.hidden = entries.length < PAGE_LENGTH;
    more.onclick = () => whileBusy(more, () => this.#add(entries.at(-1)?.id));
  }

  /** @param {string} type csv or json */
  async #save(type) {
    const path = type === "csv" ? "audit.csv" : "audit";
    const reply = await this.#client.send("GET", path, { query: { ...wanted(), limit: MOST } });
    save(`audit.${type}`, await reply.text(), type === "csv" ? "text/csv" : "application/json");
  }
}
