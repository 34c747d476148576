/** Who has to wait after rejections, and no longer. */
import { isSpeakerName } from "../names.js";
import { showNotice } from "../ui/alerts.js";
import { element, find } from "../ui/elements.js";
import { moment } from "../ui/i18n.js";
import { ask } from "../ui/dialogs.js";
import { whileBusy } from "../ui/recording-session.js";
import { smallButton, softText } from "../ui/buttons.js";

const list = find("#lock-list");

/** @typedef {{name: string, kind: string, rejects: number, locked_until: string}} Lock */

export class LocksPanel {
  #client;

  /** @param {import("../api-client.js").ApiClient} client */
  constructor(client) {
    this.#client = client;
    const again = find("#locks-again", HTMLButtonElement);
    again.addEventListener("click", () => whileBusy(again, () => this.show()));
  }

  async show() {
    const { locks } = await this.#client.call("GET", "locks");
    list.replaceChildren(...locks.map((/** @type {Lock} */ lock) => this.#row(lock)));
    find("#no-locks").hidden = locks.length > 0;
  }

  /** @param {Lock} lock */
  #row({ name, kind, rejects: count, locked_until: until }) {
    const told = softText(`locks.${kind}`, { count, until: moment(until) });
    const lift = smallButton("locks.lift.confirm", "locks.liftNamed", { name }, () => this.#lift(name));
    const tools = isSpeakerName(name) ? [lift] : []; // TENANT/NAME is for the tenant's own keys
    return element("li", {}, element("strong", {}, name), told, ...tools);
  }

  /** @param {string} name */
  async #lift(name) {
    if (await ask("locks.lift", { name })) {
      await this.#client.call("DELETE", ["speakers", name, "lock"]);
      await this.show();
      showNotice("locks.lifted", { name });
      find("#locks-title").focus();
    }
  }
}
