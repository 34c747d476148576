/** The page for operators: who is enrolled, to rename and to delete. The key stays in this page's memory. */
import { ApiClient } from "./api-client.js";
import { isSpeakerName } from "./names.js";
import { ServiceError } from "./errors.js";
import { showFailure, showNotice } from "./ui/alerts.js";
import { element, find } from "./ui/elements.js";
import { addWords, label, moment, setText } from "./ui/i18n.js";
import { offerLanguages, offerThemes } from "./ui/preferences.js";
import { ask } from "./ui/question.js";
import { whileBusy } from "./ui/recording-session.js";
import { SPEAKERS_WORDS } from "./ui/speakers-words.js";

const PAGE_LENGTH = 100; // as cepstra/verification/speakers.py

/** @typedef {{alias: string, created_at: string}} Speaker */

const client = new ApiClient(new URL("/", location.href));
const [form, key] = [find("#key-form", HTMLFormElement), find("#key", HTMLInputElement)];
const [section, list, more] = [find("#speakers"), find("#list"), find("#more")];

/**
 * @param {string} words
 * @param {string} named says it with the name, for those who hear the page
 * @param {string} alias
 * @param {() => Promise<unknown>} act
 */
function button(words, named, alias, act) {
  const made = element("button", { type: "button", class: "button quiet small" });
  setText(made, words);
  label(made, named, { speaker: alias });
  made.addEventListener("click", () => whileBusy(made, act));
  return made;
}

/** @param {Speaker} speaker */
function row({ alias, created_at: created }) {
  const since = element("span", { class: "soft" });
  setText(since, "speakers.since", { date: moment(created) });
  const item = element("li", {}, element("strong", {}, alias), since);
  item.append(
    button("speakers.rename", "speakers.renameNamed", alias, async () => openNameField(item, { alias, created_at: created })),
    button("delete.confirm", "speakers.deleteNamed", alias, () => remove(item, alias)),
  );
  return item;
}

/**
 * @param {HTMLElement} item
 * @param {Speaker} speaker
 */
function openNameField(item, speaker) {
  const input = element("input", { maxlength: "64", required: "", autocomplete: "off", spellcheck: "false" });
  const note = element("p", { class: "field-note", role: "status" });
  const save = element("button", { class: "button primary small" });
  input.value = speaker.alias;
  label(input, "speakers.newName", { speaker: speaker.alias });
  setText(save, "speakers.save");
  const naming = element("form", { class: "row" }, input, save, note);
  naming.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = input.value.trim();
    if (isSpeakerName(name)) {
      whileBusy(save, () => rename(item, speaker, name, note));
    } else {
      setText(note, "speaker.wrong");
    }
  });
  item.replaceChildren(naming);
  input.select();
}

/**
 * @param {HTMLElement} item
 * @param {Speaker} speaker
 * @param {string} name
 * @param {HTMLElement} note
 */
async function rename(item, speaker, name, note) {
  try {
    const renamed = await client.rename(speaker.alias, name);
    item.replaceWith(row(/** @type {Reply & Speaker} */ (renamed)));
    showNotice("speakers.renamed", { speaker: speaker.alias, name: renamed.alias });
  } catch (error) {
    if (!(error instanceof ServiceError && error.status === 409)) {
      throw error;
    }
    setText(note, "speakers.taken");
  }
}

/**
 * @param {HTMLElement} item
 * @param {string} alias
 */
async function remove(item, alias) {
  if (await ask("delete", { speaker: alias })) {
    await client.delete(alias);
    item.remove();
    showNobody();
    showNotice("speakers.deleted", { speaker: alias });
    find("#speakers-title").focus();
  }
}

function showNobody() {
  find("#nobody").hidden = list.children.length > 0 || !more.hidden;
}

/** @typedef {import("./api-client.js").Reply} Reply */

/** @param {string} [after] name of the last one shown */
async function show(after) {
  const { speakers } = await client.speakers({ after });
  form.hidden = true;
  section.hidden = false;
  list.append(...speakers.map(row));
  more.hidden = speakers.length < PAGE_LENGTH;
  more.onclick = () => whileBusy(more, () => show(speakers.at(-1).alias));
  showNobody();
}

async function openPage() {
  addWords(SPEAKERS_WORDS);
  await offerLanguages();
  offerThemes();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    client.resume(key.value.trim());
    whileBusy(/** @type {HTMLElement} */ (event.submitter), () => show());
  });
  const { auth } = await client.access();
  form.hidden = auth === "off";
  return auth === "off" ? show() : key.focus();
}

openPage().catch((error) => showFailure(error, () => location.reload()));
