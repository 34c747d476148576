/** API keys: listed, made and told once, revoked. */
import { showNotice } from "../ui/alerts.js";
import { element, find } from "../ui/elements.js";
import { moment } from "../ui/i18n.js";
import { ask } from "../ui/dialogs.js";
import { onSubmit } from "../ui/recording-session.js";
import { smallButton, softText } from "../ui/buttons.js";

const form = find("#new-key", HTMLFormElement);
const name = find("#new-key-name", HTMLInputElement);
const days = find("#new-key-days", HTMLInputElement);
const tenant = find("#new-key-tenant", HTMLInputElement);
const [told, made] = [find("#made-key"), find("#made-key-text", HTMLInputElement)];
const list = find("#key-list");

/** @typedef {{number: number, name: string, scopes: string[], created_at: string, expires_at: string | null, revoked_at: string | null}} Key */

/** @returns {string[]} */
const chosenScopes = () => new FormData(form).getAll("scope").map(String);

/** @param {Key} key */
function state({ expires_at: ends, revoked_at: revoked }) {
  if (revoked !== null) {
    return softText("keys.revokedAt", { date: moment(revoked) });
  }
  return ends === null ? softText("keys.endless") : softText("keys.ends", { date: moment(ends) });
}

export class KeysPanel {
  #client;

  /** @param {import("../api-client.js").ApiClient} client */
  constructor(client) {
    this.#client = client;
    onSubmit(form, () => this.#make());
    find("#made-key-done").addEventListener("click", () => this.#forget());
  }

  async show() {
    const { keys } = await this.#client.call("GET", "keys");
    list.replaceChildren(...keys.reverse().map((/** @type {Key} */ key) => this.#row(key)));
  }

  /** @param {Key} key */
  #row(key) {
    const named = element("strong", {}, `${key.number} ${key.name}`);
    const item = element("li", {}, named, element("span", {}, key.scopes.join(" ")), state(key));
    if (key.revoked_at === null) {
      item.append(smallButton("keys.revoke.confirm", "keys.revokeNamed", { name: key.name }, () => this.#revoke(key)));
    }
    return item;
  }

  async #make() {
    const body = {
      name: name.value.trim(),
      scopes: chosenScopes(),
      days: days.value ? days.valueAsNumber : null,
      tenant: tenant.value || null,
    };
    const { key } = await this.#client.call("POST", "keys", { body });
    form.reset();
    made.value = key;
    told.hidden = false;
    made.select();
    await this.show();
  }

  #forget() {
    made.value = "";
    told.hidden = true;
    name.focus();
  }

  /** @param {Key} key */
  async #revoke({ number, name: called }) {
    if (await ask("keys.revoke", { name: called })) {
      await this.#client.call("DELETE", ["keys", String(number)]);
      await this.show();
      showNotice("keys.revoked", { name: called });
      find("#keys-title").focus();
    }
  }
}
