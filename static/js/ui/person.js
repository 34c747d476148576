/** Who is at the page: a name that is remembered on this device, or an account while it is signed in. */
import { isAccountName, isSpeakerName } from "../names.js";
import { clearAlert } from "./alerts.js";
import { find } from "./elements.js";
import { clearText, setText } from "./i18n.js";
import { whileBusy } from "./recording-session.js";

const NAME_KEY = "speaker";
const TOKEN_KEY = "session";
const LEAST_NEW_PASSWORD = 15; // as the service asks; an older password may be shorter

const form = find("#sign-in", HTMLFormElement);
const [name, password] = ["name", "password"].map((part) => find(`#account-${part}`, HTMLInputElement));
const invitation = find("#account-invitation", HTMLInputElement);
const invitationField = find("#invitation-field");
const workplace = find("#workplace");
const chip = find("#person");
const chipName = find("#person-name");

/** The person who used this device last; null after "not me" and before anybody did. */
export function rememberedName() {
  const kept = localStorage.getItem(NAME_KEY);
  return kept !== null && isSpeakerName(kept) ? kept : null;
}

/** @param {string | null} speaker null: forget */
export function rememberName(speaker) {
  remember(localStorage, NAME_KEY, speaker);
}

/** The session of this tab, which a reload goes on with. */
export function rememberedToken() {
  return sessionStorage.getItem(TOKEN_KEY);
}

/** @param {string | null} token null: forget */
export function rememberToken(token) {
  remember(sessionStorage, TOKEN_KEY, token);
}

/**
 * @param {Storage} storage
 * @param {string} key
 * @param {string | null} value
 */
function remember(storage, key, value) {
  if (value === null) {
    storage.removeItem(key);
  } else {
    storage.setItem(key, value);
  }
}

/** @param {string | null} speaker who is at the page, as far as it is known */
export function showPerson(speaker) {
  chip.hidden = speaker === null;
  chipName.textContent = speaker ?? "";
}

/** Whether somebody is at the page by name. */
export const isSomebodyHere = () => !chip.hidden;

let isOpen = false;

/** Where anybody may make an account, one of a tenant is by invitation all the same. */
function offerInvitation() {
  invitationField.hidden = isOpen && !name.value.includes("/");
}

/** @param {import("../api-client.js").Access} access */
export function showAccess({ auth, registration, speaker }) {
  const isOut = auth === "on" && speaker === null;
  document.body.dataset.auth = auth; // what a person's session may not do is left out
  form.hidden = !isOut;
  isOpen = registration === "open";
  offerInvitation();
  find("#access-note").hidden = auth !== "off";
  find("#consent-name-field").hidden = auth === "on";
}

/** @param {boolean} isHeld while it is asked who is there: what is begun meanwhile would be undone */
export function holdWorkplace(isHeld) {
  workplace.inert = isHeld;
  if (!isHeld) {
    workplace.hidden = !form.hidden;
  }
}

/**
 * @param {object} handlers
 * @param {(name: string, password: string, isNew: boolean, invitation: string) => Promise<void>} handlers.onSignIn
 * @param {() => Promise<void>} handlers.onLeave somebody else is at the page
 */
export function watchPerson({ onSignIn, onLeave }) {
  for (const button of form.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      clearAlert(); // of the try before; this one may be refused by the browser, which tells no script
      password.minLength = button.value === "create" ? LEAST_NEW_PASSWORD : 0;
    });
  }
  name.addEventListener("input", offerInvitation);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (event.submitter);
    const isNew = button.value === "create";
    const isInvited = invitation.value.trim() !== ""; // nobody else makes an account of a tenant
    /** @type {[isName: typeof isAccountName, wrong: string]} */
    const rule = isNew && !isInvited ? [isSpeakerName, "speaker.wrong"] : [isAccountName, "account.wrong"];
    if (readName(name, find("#account-name-note"), ...rule) === null) {
      return;
    }
    whileBusy(button, () => onSignIn(name.value.trim(), password.value, isNew, invitation.value.trim()));
  });
  find("#not-me").addEventListener("click", () => whileBusy(find("#not-me"), onLeave));
}

export function forgetPassword() {
  password.value = "";
}

/** What somebody wrote is not for whoever comes next. */
export function forgetEntries() {
  form.reset();
  offerInvitation();
}

/** Brings the person to what appeared in place of what they used. */
export function focusAfterSigning() {
  find(form.hidden ? "#workplace section:not([hidden]) h2" : "#sign-in h2").focus();
}

/**
 * @param {HTMLInputElement} input
 * @param {HTMLElement} note
 */
function unmark(input, note) {
  input.removeAttribute("aria-invalid");
  clearText(note);
}

/**
 * A name in the service's sense; where it is none, the field is marked and the rule is shown as an error.
 * @param {HTMLInputElement} input
 * @param {HTMLElement} note
 * @param {(name: string) => boolean} [isName]
 * @returns {string | null}
 */
export function readName(input, note, isName = isSpeakerName, wrong = "speaker.wrong") {
  const given = input.value.trim();
  if (isName(given)) {
    unmark(input, note);
    return given;
  }
  input.setAttribute("aria-invalid", "true");
  setText(note, given ? wrong : "speaker.none");
  input.addEventListener("input", () => unmark(input, note), { once: true });
  input.focus();
  return null;
}

