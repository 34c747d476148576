/** A recording in place of the microphone: dropped or chosen, read here, described with what could be better. */
import { readRecording } from "../files/read-recording.js";
import { RecordingError } from "../files/decode-recording.js";
import { decimal, hasWords, clearText, setText, text } from "./i18n.js";
import { element, icon } from "./elements.js";
import { messageOf } from "./alerts.js";

const KINDS = "audio/*,video/mp4,.wav,.mp3,.m4a,.mp4,.ogg,.opus,.flac";
let count = 0;

/** @typedef {import("../files/read-recording.js").Recording} Recording */
/** @typedef {"enrolment" | "verification"} Purpose */

/**
 * @typedef {object} DropZoneOptions
 * @property {string} words of the invitation
 * @property {import("../features.js").Frontend} frontend
 * @property {Purpose} purpose
 * @property {(recording: Recording) => unknown} onRecording awaited
 */

/**
 * @param {import("../files/read-recording.js").Warning} warning
 * @param {Purpose} purpose
 * @returns {[key: string, values: import("./i18n.js").Values]}
 */
function warningWords(warning, purpose) {
  const { code, speech_s: speech, advised_s: advised, heard_s: heard, sampleRateHz, tracks } = warning;
  const key = code === "little-speech" ? `recording.${code}.${purpose}` : `recording.${code}`;
  const rate = decimal(Number(sampleRateHz) / 1000);
  const [read, whole] = [warning.read_s, warning.whole_s].map((seconds) => decimal(seconds, 1));
  return [key, { speech: decimal(speech, 0), advised, heard: decimal(heard, 0), rate, read, whole, tracks }];
}

export class DropZone {
  #place;
  #options;
  #input = element("input", { type: "file", accept: KINDS, class: "visually-hidden", id: `file-${(count += 1)}` });
  #state = element("p", { class: "drop-state", role: "status" });
  #progress = element("progress", { max: "1", value: "0" });
  #warnings = element("ul", { class: "drop-warnings" });
  /** @type {AbortController | null} */
  #abort = null;

  /**
   * @param {HTMLElement} place an element of index.html
   * @param {DropZoneOptions} options
   */
  constructor(place, options) {
    this.#place = place;
    this.#options = options;
    const caption = element("span", {});
    setText(caption, options.words);
    const chooser = element("label", { for: this.#input.id, class: "drop-label" }, icon("file"), caption);
    place.className = "drop";
    place.append(this.#input, chooser, this.#state, this.#progress, this.#warnings);
    this.clear();
    this.#watch();
  }

  clear() {
    this.#abort?.abort();
    clearText(this.#state);
    this.#warnings.replaceChildren();
    this.#progress.hidden = true;
    this.#place.dataset.state = "empty";
  }

  #watch() {
    this.#input.addEventListener("change", () => this.#take(this.#input.files ?? []));
    for (const type of ["dragover", "dragleave", "drop"]) {
      this.#place.addEventListener(type, (event) => {
        event.preventDefault();
        this.#place.classList.toggle("drop-over", type === "dragover");
      });
    }
    this.#place.addEventListener("drop", (event) => this.#take(event.dataTransfer?.files ?? []));
  }

  /** @param {Iterable<File>} files only the first is taken */
  async #take([file]) {
    if (!file) {
      return;
    }
    this.clear();
    const abort = (this.#abort = new AbortController());
    this.#progress.hidden = false;
    setText(this.#state, "recording.reading", { file: file.name });
    try {
      const recording = await this.#read(file, abort.signal);
      this.#describe(file, recording);
      await this.#options.onRecording(recording);
    } catch (error) {
      this.#refuse(file, error, abort.signal);
    } finally {
      this.#input.value = "";
    }
  }

  /**
   * @param {File} file
   * @param {AbortSignal} signal
   */
  #read(file, signal) {
    const { frontend, purpose } = this.#options;
    const onProgress = (/** @type {{share: number}} */ { share }) => (this.#progress.value = share);
    return readRecording(file, { frontend, purpose, signal, onProgress });
  }

  /**
   * @param {File} file
   * @param {Recording} recording
   */
  #describe(file, { speech_s: speech, warnings }) {
    this.#progress.hidden = true;
    this.#place.dataset.state = warnings.length ? "warn" : "good";
    setText(this.#state, "recording.read", { file: file.name, seconds: decimal(speech) });
    this.#warnings.replaceChildren(
      ...warnings.map((warning) => {
        const item = element("li");
        setText(item, ...warningWords(warning, this.#options.purpose));
        return item;
      }),
    );
  }

  /**
   * @param {File} file
   * @param {unknown} error
   * @param {AbortSignal} signal
   */
  #refuse(file, error, signal) {
    if (signal.aborted) {
      return;
    }
    this.#progress.hidden = true;
    this.#place.dataset.state = "bad";
    const why = error instanceof RecordingError ? `recording.${error.code}` : "";
    const reason = hasWords(why) ? () => text(why) : messageOf(error);
    setText(this.#state, "recording.refused", { file: file.name, reason });
  }
}
