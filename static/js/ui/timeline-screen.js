/** The timeline: who speaks when in a recording; voices that nobody knows can be named, and learnt with consent. */
import { FRAMES_PER_SECOND } from "../message.js";
import { isSpeakerName } from "../names.js";
import { showNotice } from "./alerts.js";
import { smallButton, softText } from "./buttons.js";
import { save } from "./download.js";
import { DropZone } from "./drop-zone.js";
import { element, find } from "./elements.js";
import { addWords, clearText, decimal, label, onLanguage, setText, text, worded } from "./i18n.js";
import { whileBusy } from "./recording-session.js";
import { withNames, WRITERS } from "./timeline-files.js";
import { timelineInParts } from "./timeline-parts.js";
import { timelinePicture } from "./timeline-picture.js";
import { TIMELINE_WORDS } from "./timeline-words.js";
import { enrolVoice, whoIsCalled } from "./voice-learning.js";

/** @typedef {import("./timeline-files.js").Timeline} Timeline */
/** @typedef {import("./timeline-files.js").Voice} Voice */

const ADVISED_SPEECH_S = 45;
const SLOW_CALL_MS = 120_000;
const CONSENT_POINTS = ["consent.numbers", "consent.personal", "consent.yours"];
/** @type {[kind: keyof typeof WRITERS, mime: string][]} */
const FILES = [
  ["rttm", "text/plain"],
  ["srt", "application/x-subrip"],
  ["vtt", "text/vtt"],
  ["json", "application/json"],
];

/** @type {Timeline} */
const NOTHING_TOLD = { duration_s: 0, voices: [], segments: [] };
/** @type {{messages: import("../message.js").Message[], name: string}} */
const NOTHING_HEARD = { messages: [], name: "" };

/** @type {TimelineScreen | null} */
let opened = null;

/** @param {number} seconds of a recording */
function clock(seconds) {
  const tenths = Math.round(10 * seconds);
  return `${Math.floor(tenths / 600)}:${decimal((tenths % 600) / 10)().padStart(4, "0")}`;
}

/**
 * What the page calls the voices of a timeline: whom nobody knows has a number.
 * @param {{voices: Voice[]}} timeline
 * @returns {(name: string) => string}
 */
function wordsFor({ voices }) {
  const known = new Set(voices.filter(({ speaker }) => speaker !== null).map(({ name }) => name));
  return (name) => {
    const [, number] = known.has(name) ? [] : (/^voice (\d+)$/.exec(name) ?? []);
    return number ? text("timeline.voice", { number }) : name;
  };
}

/**
 * The voice that is called so, by its own name or in the words of the page; null of none.
 * @param {Voice[]} voices
 * @param {string} name
 */
const voiceOf = (voices, name) => voices.find((voice) => [voice.name, wordsFor({ voices })(voice.name)].includes(name)) ?? null;

/**
 * @param {Voice[]} voices
 * @param {string} name
 */
const nameOfOne = (voices, name) => voiceOf(voices, name)?.name ?? name;

/**
 * @param {Voice[]} voices
 * @param {string} name
 */
const namedKey = (voices, name) => (voiceOf(voices, name) ? "timeline.joined" : "timeline.named");

/** @param {number} seconds of speech */
const learntKey = (seconds) => (seconds < ADVISED_SPEECH_S ? "timeline.learnt" : "timeline.learntWell");

/**
 * Whether somebody else here has the name, or almost; the latter is asked about once.
 * @param {import("../api-client.js").ApiClient} client
 * @param {string} name
 * @param {HTMLElement} note
 */
async function isAskedAbout(client, name, note) {
  const known = await whoIsCalled(client, name);
  const isTheirs = known === name.normalize("NFC");
  if (known === null || (note.dataset.asked === name && !isTheirs)) {
    return false;
  }
  setText(note, isTheirs ? "timeline.taken" : "timeline.alike", { speaker: known });
  note.dataset.asked = name;
  return true;
}

/** @param {import("./timeline-files.js").Segment} segment */
function segmentRow({ start_s: start, end_s: end, voice, other }) {
  const times = element("span", { class: "numeric" }, `${clock(start)} – ${clock(end)}`);
  const who = other === null ? element("strong", {}, voice) : worded("span", {}, "timeline.unsure", { voice, other });
  return element("li", {}, times, who);
}

class TimelineScreen {
  #voice;
  #session;
  #key = element("input", { id: "timeline-key", type: "password", maxlength: "200", autocomplete: "off", "aria-describedby": "timeline-key-rule" });
  #state = element("p", { role: "status" });
  #progress = element("progress", { max: "1" });
  #stop = worded("button", { type: "button", class: "button quiet" }, "action.stop");
  #running = element("div", { class: "stack", hidden: "" }, this.#progress, element("div", { class: "row" }, this.#stop));
  #result = element("div", { class: "stack" });
  /** @type {Timeline | null} */
  #shown = null;
  #heard = NOTHING_HEARD;
  /** @type {{voice: string, form: HTMLElement} | null} */
  #naming = null;

  /** @param {import("./screens.js").ScreenTools} tools */
  constructor({ voice, session, frontend }) {
    this.#voice = voice;
    this.#session = session;
    const drop = element("div", { id: "timeline-drop" });
    const lead = worded("p", { class: "soft" }, "timeline.lead");
    label(this.#progress, "timeline.busy");
    this.#stop.addEventListener("click", () => session.stop());
    find("#timeline").append(lead, this.#keyField(), drop, this.#state, this.#running, this.#result);
    new DropZone(drop, "timeline.files", {
      purpose: () => "conversation",
      frontend,
      onBegin: () => this.#clear(),
      onRecording: ({ messages }, names) => this.#ask(messages, names),
    });
    onLanguage(() => this.#draw());
  }

  /** Where people sign in, everybody's voices are searched for operators alone. */
  #keyField() {
    const caption = worded("label", { for: this.#key.id }, "timeline.key");
    const rule = worded("p", { class: "field-rule", id: "timeline-key-rule" }, "timeline.keyRule");
    return element("div", { class: "field with-key" }, caption, this.#key, rule);
  }

  get #client() {
    const key = this.#key.value.trim();
    return key ? this.#voice.client.withToken(key) : this.#voice.client;
  }

  #clear() {
    this.#session.stop();
    this.#heard = NOTHING_HEARD;
    this.#shown = null;
    this.#naming = null;
    this.#showProgress(null);
    clearText(this.#state);
    this.#result.replaceChildren();
  }

  /** @param {number | null} share that is told; null of nothing any more */
  #showProgress(share) {
    this.#running.hidden = share === null;
    this.#progress.value = share ?? 0;
  }

  /**
   * @param {import("../message.js").Message[]} messages of a telephone call one of each side; else one
   * @param {string} name of the file
   */
  async #ask(messages, name) {
    const heard = (this.#heard = { messages, name: name.replace(/\.\w+$/, "") });
    if (document.body.dataset.auth === "on" && this.#key.value.trim() === "") {
      setText(this.#state, "timeline.keyMissing");
      this.#key.focus();
      return;
    }
    setText(this.#state, "timeline.busy");
    this.#showProgress(0);
    const sides = messages.map(({ mfcc }) => mfcc);
    for await (const told of timelineInParts(sides, ([mfcc, other]) => this.#tell({ ...messages[0], mfcc, ...(other && { other_side: other }) }))) {
      if (this.#heard !== heard) {
        return; // another recording was chosen meanwhile
      }
      this.#shown = told;
      this.#showProgress((FRAMES_PER_SECOND * told.duration_s) / sides[0].length);
      this.#result.replaceChildren(...(told.voices.length ? [this.#picture(withNames(told, wordsFor(told)))] : []));
    }
    if (this.#heard === heard) {
      this.#showProgress(null);
      clearText(this.#state);
      this.#draw();
    }
  }

  /**
   * @param {import("../message.js").Message & {other_side?: number[][]}} message
   * @returns {Promise<Timeline | null>} null where it was stopped or refused, which the page has told
   */
  #tell(message) {
    return this.#session.send((signal) => this.#client.call("PUT", "timeline", { body: message, timeoutMs: SLOW_CALL_MS, signal }));
  }

  #draw() {
    if (this.#shown === null || !this.#running.hidden) {
      return; // while it is being told, its picture alone is shown
    }
    const { voices, duration_s: length } = this.#shown;
    const isWhole = Math.round(FRAMES_PER_SECOND * length) >= this.#heard.messages[0].mfcc.length;
    const [some, none] = isWhole ? ["timeline.found", "timeline.nobody"] : ["timeline.found.partly", "timeline.nobody.partly"];
    setText(this.#state, voices.length ? some : none, { count: voices.length, length: () => clock(length) });
    this.#result.replaceChildren(...(voices.length ? this.#parts(this.#shown) : []));
  }

  /** @param {Timeline} timeline */
  #parts(timeline) {
    const called = wordsFor(timeline);
    const told = withNames(timeline, called);
    const log = element("ol", { class: "log", tabindex: "0" }, ...told.segments.map(segmentRow));
    label(log, "timeline.segments");
    return [
      this.#picture(told),
      worded("p", { class: "soft small" }, "timeline.draft"),
      worded("h3", {}, "timeline.voices"),
      element("ul", { class: "devices" }, ...timeline.voices.map((voice) => this.#row(voice, called(voice.name)))),
      worded("h3", {}, "timeline.segments"),
      log,
      this.#downloads(timeline),
    ];
  }

  /** @param {Timeline} told in the words of the page */
  #picture(told) {
    const shares = told.voices.map(({ name, speech_s: seconds }) => text("timeline.share", { name, seconds: decimal(seconds) }));
    const name = text("timeline.picture", { voices: shares.join(", ") });
    return timelinePicture(told, { name, end: clock(told.duration_s) });
  }

  /** @param {Timeline} timeline */
  #downloads(timeline) {
    const buttons = FILES.map(([kind, type]) => {
      const button = element("button", { type: "button", class: "button quiet small" }, kind.toUpperCase());
      label(button, "timeline.downloadNamed", { kind: kind.toUpperCase() });
      const { name } = this.#heard;
      button.addEventListener("click", () => save(`${name}.${kind}`, WRITERS[kind](timeline, name), type));
      return button;
    });
    return element("div", { class: "row" }, softText("timeline.download"), ...buttons);
  }

  /**
   * @param {Voice} voice
   * @param {string} called in the words of the page
   */
  #row(voice, called) {
    if (this.#naming?.voice === voice.name) {
      return element("li", {}, this.#naming.form);
    }
    const seconds = worded("span", { class: "soft numeric" }, "timeline.seconds", { seconds: decimal(voice.speech_s) });
    const item = element("li", {}, element("strong", {}, called), seconds);
    if (voice.speaker === null) {
      item.append(smallButton("timeline.name", "timeline.nameNamed", { voice: called }, async () => this.#openForm(voice, called)));
    } else {
      item.append(worded("span", { class: "badge", "data-state": "on" }, "timeline.known"));
    }
    return item;
  }

  /**
   * @param {Voice} voice
   * @param {string} called in the words of the page
   */
  #openForm(voice, called) {
    const input = element("input", { id: "timeline-name", maxlength: "64", required: "", autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
    const caption = worded("label", { for: input.id }, "timeline.newName", { voice: called });
    const tick = element("input", { type: "checkbox" });
    const agreed = element("label", { class: "tick" }, tick, worded("span", {}, "timeline.agreed"));
    const points = element("ul", { class: "points" }, ...CONSENT_POINTS.map((key) => worded("li", {}, key)));
    const note = element("p", { class: "field-note", role: "status" });
    const use = worded("button", { class: "button primary small" }, "timeline.save");
    const cancel = worded("button", { type: "button", class: "button quiet small" }, "timeline.cancel");
    cancel.addEventListener("click", () => this.#closeForm(voice));
    const lead = worded("p", { class: "soft" }, "timeline.read");
    const form = element("form", { class: "stack" }, element("div", { class: "field" }, caption, input), lead, points, agreed, note, element("div", { class: "row" }, use, cancel));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      whileBusy(use, () => this.#name(voice, input.value.trim(), { isLearnt: tick.checked, note, called }));
    });
    this.#naming = { voice: voice.name, form };
    this.#draw();
    input.focus();
  }

  /** @param {Voice} voice whose button has the focus again */
  #closeForm({ name }) {
    this.#naming = null;
    this.#draw();
    const place = this.#shown?.voices.findIndex((voice) => voice.name === name) ?? 0;
    find(`.devices li:nth-child(${place + 1}) button`, HTMLElement, this.#result).focus();
  }

  /**
   * @param {Voice} voice
   * @param {string} name
   * @param {{isLearnt: boolean, note: HTMLElement, called: string}} how
   */
  async #name(voice, name, { isLearnt, note, called }) {
    if (!isSpeakerName(name)) {
      setText(note, "speaker.wrong");
      return;
    }
    const [client, heard] = [this.#client, this.#heard];
    const { voices, segments } = this.#shown ?? NOTHING_TOLD;
    const ofVoice = segments.filter((segment) => segment.voice === voice.name);
    const others = voices.filter((each) => each !== voice);
    if (isLearnt && (await isAskedAbout(client, name, note))) {
      return;
    }
    const seconds = isLearnt ? await enrolVoice(client, name, heard.messages, ofVoice) : 0;
    if (this.#heard === heard) {
      this.#rename(voice, isLearnt ? name : nameOfOne(others, name), isLearnt); // else another recording was chosen meanwhile
    }
    const key = isLearnt ? learntKey(seconds) : namedKey(others, name);
    showNotice(key, { voice: called, name, seconds: decimal(seconds) });
  }

  /**
   * @param {Voice} voice
   * @param {string} name that it has from now on
   * @param {boolean} isKnown to the service, too
   */
  #rename(voice, name, isKnown) {
    const shown = withNames(/** @type {Timeline} */ (this.#shown), (old) => (old === voice.name ? name : old));
    const own = shown.voices.find((each) => each.name === name);
    if (isKnown && own) {
      own.speaker = name;
    }
    this.#shown = shown;
    this.#naming = null;
    this.#draw();
    find("#timeline-title").focus({ preventScroll: true });
  }
}

/**
 * Begins the screen where it has not begun yet.
 * @param {import("./screens.js").ScreenTools} tools
 */
export function timelineScreen(tools) {
  if (opened === null) {
    addWords(TIMELINE_WORDS);
    opened = new TimelineScreen(tools);
  }
}
