/** Recordings in place of the microphone: dropped anywhere or chosen, read here, described with what could be better. */
import { loaded } from "../errors.js";
import { RecordingError } from "../files/recording-error.js";
import { clearAlert, showAlert, wordsOf } from "./alerts.js";
import { element, icon } from "./elements.js";
import { clearText, decimal, setText, text, worded } from "./i18n.js";

const KINDS = "audio/*,video/mp4,.wav,.mp3,.m4a,.mp4,.ogg,.opus,.flac";

/** @typedef {import("../files/read-recording.js").Recording} Recording */
/** @typedef {import("../files/read-recording.js").Purpose} Purpose */

/**
 * @typedef {object} DropZoneOptions
 * @property {import("../features.js").Frontend} frontend
 * @property {() => Purpose} purpose
 * @property {() => unknown} [onBegin] told before a file is read
 * @property {(recording: Recording, names: string) => unknown} onRecording awaited; told the files' names too
 */

/** @type {DropZone[]} */
const zones = [];

/** Takes files that are dropped beside a zone: they go to the first one in sight that is empty. */
export function acceptDropsAnywhere() {
  for (const type of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(type, (event) => {
      const { dataTransfer } = /** @type {DragEvent} */ (event);
      if (event.defaultPrevented || !dataTransfer?.types.includes("Files")) {
        return;
      }
      event.preventDefault();
      const seen = zones.filter((zone) => zone.isInSight);
      const zone = seen.find((each) => each.isEmpty) ?? seen[0];
      zone?.mark(type === "dragover");
      if (type === "drop" && !zone) {
        showAlert(text("recording.nowhere"));
      } else if (type === "drop") {
        zone.take([...dataTransfer.files]);
      }
    });
  }
}

/**
 * @param {import("../files/read-recording.js").Warning} warning
 * @param {Purpose} purpose
 * @returns {[key: string, values: import("./i18n.js").Values]}
 */
function warningWords(warning, purpose) {
  const { code, speech_s: speech, advised_s: advised, heard_s: heard, sampleRateHz, tracks } = warning;
  const key = code === "little-speech" ? `recording.${code}.${purpose}` : `recording.${code}`;
  const rate = decimal(Number(sampleRateHz) / 1000);
  const [read, whole] = [warning.read_s, warning.whole_s].map((seconds) => decimal(seconds));
  return [key, { speech: decimal(speech), advised, heard: decimal(heard), rate, read, whole, tracks }];
}

/** @param {RecordingError} error */
function refusalWords({ code, kind, limit = 0, read_s, whole_s }) {
  const [read, whole] = [read_s, whole_s].map((seconds) => decimal(seconds ?? 0));
  const key = code === "cut-short" && whole_s ? `recording.${code}.of` : `recording.${code}`;
  return text(key, { kind, minutes: limit / 60, megabytes: Math.round(limit / 2 ** 20), read, whole });
}

export class DropZone {
  #place;
  #options;
  #caption = element("span");
  #input = element("input", { type: "file", accept: KINDS, multiple: "", class: "visually-hidden", id: `file-${zones.length}` });
  #state = element("p", { class: "drop-state", role: "status" });
  #progress = element("progress", { max: "1", value: "0" });
  #warnings = element("ul", { class: "drop-warnings" });
  /** @type {AbortController | null} */
  #abort = null;
  #named = ""; // the files that are spoken of

  /**
   * @param {HTMLElement} place an element of index.html
   * @param {string} words of the invitation
   * @param {DropZoneOptions} options
   */
  constructor(place, words, options) {
    this.#place = place;
    this.#options = options;
    this.invite(words);
    const chooser = element("label", { for: this.#input.id, class: "drop-label" }, icon("file"), this.#caption);
    place.className = "drop";
    place.append(this.#input, chooser, this.#state, this.#progress, this.#warnings);
    this.clear();
    this.#watch();
    zones.push(this);
  }

  get isInSight() {
    return this.#place.offsetParent !== null;
  }

  get isEmpty() {
    return this.#place.dataset.state === "empty";
  }

  /** @param {boolean} isOver a file is held over the page */
  mark(isOver) {
    this.#place.classList.toggle("drop-over", isOver);
  }

  /** @param {string} words of the invitation */
  invite(words) {
    setText(this.#caption, words);
  }

  clear() {
    this.#abort?.abort();
    clearText(this.#state);
    this.#warnings.replaceChildren();
    this.#progress.hidden = true;
    this.#place.dataset.state = "empty";
  }

  #watch() {
    this.#input.addEventListener("change", () => this.take([...(this.#input.files ?? [])]));
    for (const type of ["dragover", "dragleave", "drop"]) {
      this.#place.addEventListener(type, (event) => {
        event.preventDefault();
        this.mark(type === "dragover");
      });
    }
    this.#place.addEventListener("drop", (event) => this.take([...(event.dataTransfer?.files ?? [])]));
  }

  /** @param {File[]} files that count together */
  async take(files) {
    this.mark(false);
    if (!files.length) {
      return;
    }
    this.clear();
    clearAlert(); // of what was tried before
    this.#options.onBegin?.();
    const abort = (this.#abort = new AbortController());
    this.#progress.hidden = false;
    const names = (this.#named = files.map(({ name }) => name).join(", "));
    setText(this.#state, "recording.reading", { file: names });
    try {
      const recording = await this.#read(files, abort.signal);
      this.#named = names;
      this.#describe(names, recording);
      await this.#options.onRecording(recording, names);
    } catch (error) {
      this.#refuse(error, abort.signal);
    } finally {
      this.#input.value = "";
    }
  }

  /**
   * @param {File[]} files
   * @param {AbortSignal} signal
   */
  async #read(files, signal) {
    // the readers of all kinds are a sixth of the page: who has no file does without them
    const { joinRecordings, readRecording } = await loaded(import("../files/read-recording.js"));
    const { frontend, purpose } = this.#options;
    const options = { frontend, purpose: purpose(), signal };
    const recordings = [];
    for (const [index, file] of files.entries()) {
      const onProgress = (/** @type {{share: number}} */ { share }) => (this.#progress.value = (index + share) / files.length);
      this.#named = file.name; // one that cannot be read is named, not the others
      recordings.push(await readRecording(file, { ...options, onProgress }));
    }
    return joinRecordings(recordings, options);
  }

  /**
   * @param {string} names
   * @param {Recording} recording
   */
  #describe(names, { speech_s: speech, warnings }) {
    this.#progress.hidden = true;
    this.#place.dataset.state = warnings.length ? "warn" : "good";
    setText(this.#state, "recording.read", { file: names, seconds: decimal(speech) });
    const purpose = this.#options.purpose();
    this.#warnings.replaceChildren(...warnings.map((warning) => worded("li", {}, ...warningWords(warning, purpose))));
  }

  /**
   * @param {unknown} error
   * @param {AbortSignal} signal
   */
  #refuse(error, signal) {
    if (signal.aborted) {
      return;
    }
    this.#progress.hidden = true;
    this.#place.dataset.state = "bad";
    const reason = error instanceof RecordingError ? () => refusalWords(error) : () => wordsOf(error).join(" ");
    setText(this.#state, "recording.refused", { file: this.#named, reason });
  }
}
