/** Recordings in place of the microphone: dropped anywhere or chosen, read here, described with what could be better. */
import { loaded } from "../errors.js";
import { RecordingError } from "../files/recording-error.js";
import { clearAlert, showAlert, wordsOf } from "./alerts.js";
import { element, icon } from "./elements.js";
import { clearText, decimal, setText, text, worded } from "./i18n.js";

const MOST_NAMES = 4; // in a line
const KINDS = "audio/*,video/mp4,.wav,.mp3,.m4a,.mp4,.ogg,.opus,.flac";

/** @typedef {import("../files/read-recording.js").Recording} Recording */
/** @typedef {import("../files/read-recording.js").Purpose} Purpose */
/** @typedef {[key: string, values: import("./i18n.js").Values]} Words */
/** @typedef {{file: string, reason: () => string}} Refused a file that is left out */

/**
 * @typedef {object} DropZoneOptions
 * @property {import("../features.js").Frontend} frontend
 * @property {() => Purpose} purpose
 * @property {() => unknown} [onBegin] told before a file is read
 * @property {(recording: Recording, names: string) => unknown} onRecording awaited; told the files' names too
 */

/** @type {DropZone[]} */
const zones = [];

/** Takes files that are dropped: beside a zone, they go to the first one in sight that is empty. */
export function acceptDropsAnywhere() {
  for (const type of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(type, (event) => {
      const { dataTransfer, target } = /** @type {DragEvent} */ (event);
      if (!dataTransfer?.types.includes("Files")) {
        return;
      }
      event.preventDefault();
      const seen = zones.filter((zone) => zone.isInSight);
      const zone = seen.find((each) => each.isAround(target)) ?? seen.find((each) => each.isEmpty) ?? seen[0];
      zone?.mark(type === "dragover");
      if (type === "drop" && !zone) {
        showAlert(() => text("recording.nowhere"));
      } else if (type === "drop") {
        zone.take(droppedFiles(dataTransfer));
      }
    });
  }
}

/**
 * The files that were dropped, and those in folders but for hidden ones; asked for while the event is told, for its
 * items are gone afterwards.
 * @param {DataTransfer} transfer
 */
async function droppedFiles({ items }) {
  const dropped = [...items].filter(({ kind }) => kind === "file");
  const found = dropped.map((item) => {
    const entry = item.webkitGetAsEntry(); // standard by now (File and Directory Entries API), whatever its name
    return entry?.isDirectory ? filesIn(/** @type {FileSystemDirectoryEntry} */ (entry)) : [/** @type {File} */ (item.getAsFile())];
  });
  return (await Promise.all(found)).flat();
}

/**
 * @param {FileSystemDirectoryEntry} folder
 * @returns {Promise<File[]>} in order of name
 */
async function filesIn(folder) {
  const entries = await entriesOf(folder.createReader());
  const seen = entries.filter(({ name }) => !name.startsWith(".")).sort((a, b) => a.name.localeCompare(b.name));
  const found = seen.map((entry) =>
    entry.isDirectory
      ? filesIn(/** @type {FileSystemDirectoryEntry} */ (entry))
      : new Promise((resolve, reject) => /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject)),
  );
  return (await Promise.all(found)).flat();
}

/**
 * @param {FileSystemDirectoryReader} reader gives some at a time, and none at the end
 * @returns {Promise<FileSystemEntry[]>}
 */
async function entriesOf(reader) {
  /** @type {FileSystemEntry[]} */
  const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
  return some.length ? [...some, ...(await entriesOf(reader))] : some;
}

/**
 * @param {File[]} files
 * @returns {string} their names, as many as a line has room for
 */
function joinNames(files) {
  const names = files.slice(0, MOST_NAMES).map(({ name }) => name);
  const more = files.length - names.length;
  return [...names, ...(more ? [`… (+${more})`] : [])].join(", ");
}

/**
 * @param {import("../files/read-recording.js").Warning} warning
 * @param {Purpose} purpose
 * @returns {Words}
 */
function warningWords(warning, purpose) {
  const { code, speech_s: speech, advised_s: advised, heard_s: heard, sampleRateHz, tracks, channels } = warning;
  const key = code === "little-speech" ? `recording.${code}.${purpose}` : `recording.${code}`;
  const rate = decimal(Number(sampleRateHz) / 1000);
  const [read, whole] = [warning.read_s, warning.whole_s].map((seconds) => decimal(seconds));
  return [key, { speech: decimal(speech), advised, heard: decimal(heard), rate, read, whole, tracks, channels }];
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
    this.#input.addEventListener("change", () => this.#input.files?.length && this.take([...this.#input.files]));
    zones.push(this);
  }

  get isInSight() {
    return this.#place.offsetParent !== null;
  }

  get isEmpty() {
    return this.#place.dataset.state === "empty";
  }

  /** @param {EventTarget | null} target */
  isAround(target) {
    return this.#place.contains(/** @type {Node | null} */ (target));
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

  /** @param {File[] | Promise<File[]>} chosen they count together; one that cannot be used is named and left out */
  async take(chosen) {
    this.mark(false);
    this.clear();
    clearAlert(); // of what was tried before
    const { signal } = (this.#abort = new AbortController());
    try {
      const files = await chosen;
      signal.throwIfAborted();
      if (files.length) {
        await this.#use(files, signal);
      } else {
        this.#tell("bad", "recording.none");
      }
    } catch (error) {
      if (!signal.aborted) {
        this.#tell("bad", "recording.refused", { file: this.#named, reason: () => wordsOf(error).join(" ") });
      }
    } finally {
      this.#input.value = "";
    }
  }

  /**
   * @param {File[]} files
   * @param {AbortSignal} signal
   */
  async #use(files, signal) {
    this.#options.onBegin?.();
    this.#progress.hidden = false;
    this.#named = joinNames(files);
    setText(this.#state, "recording.reading", { file: this.#named });
    const { recording, read, refused } = await this.#read(files, signal);
    if (recording) {
      this.#named = joinNames(read);
      this.#describe(recording, refused);
      await this.#options.onRecording(recording, this.#named);
    } else if (files.length > 1) {
      this.#tell("bad", "recording.noneUsed");
      this.#list(refused);
    } else {
      this.#tell("bad", "recording.refused", refused[0]);
    }
  }

  /**
   * @param {File[]} files
   * @param {AbortSignal} signal
   * @returns {Promise<{recording: Recording | null, read: File[], refused: Refused[]}>} null where none can be read
   */
  async #read(files, signal) {
    // the readers of all kinds are a sixth of the page: who has no file does without them
    const { joinRecordings, readRecording } = await loaded(import("../files/read-recording.js"));
    const { frontend, purpose } = this.#options;
    const options = { frontend, purpose: purpose(), signal };
    /** @type {{recordings: Recording[], read: File[], refused: Refused[]}} */
    const { recordings, ...told } = { recordings: [], read: [], refused: [] };
    /** @type {Map<string, string>} the file of each recording */
    const fileOf = new Map();
    for (const [index, file] of files.entries()) {
      const onProgress = (/** @type {{share: number}} */ { share }) => (this.#progress.value = (index + share) / files.length);
      this.#named = file.name; // what fails is named, not the others
      try {
        const recording = await readRecording(file, { ...options, onProgress });
        const spoken = JSON.stringify(recording.messages);
        const twin = fileOf.get(spoken);
        if (twin !== undefined) {
          told.refused.push({ file: file.name, reason: () => text("recording.again", { file: twin }) });
          continue;
        }
        fileOf.set(spoken, file.name);
        recordings.push(recording);
        told.read.push(file);
      } catch (error) {
        if (!(error instanceof RecordingError)) {
          throw error;
        }
        told.refused.push({ file: file.name, reason: () => refusalWords(error) });
      }
    }
    return { ...told, recording: recordings.length ? joinRecordings(recordings, options) : null };
  }

  /**
   * @param {Recording} recording
   * @param {Refused[]} refused
   */
  #describe({ speech_s: speech, warnings }, refused) {
    const purpose = this.#options.purpose();
    const told = warnings.map((warning) => warningWords(warning, purpose));
    this.#tell(told.length + refused.length ? "warn" : "good", "recording.read", { file: this.#named, seconds: decimal(speech) });
    this.#list(refused, told);
  }

  /**
   * @param {Refused[]} refused
   * @param {Words[]} [told]
   */
  #list(refused, told = []) {
    /** @type {Words[]} */
    const words = [...refused.map((why) => /** @type {Words} */ (["recording.leftOut", why])), ...told];
    this.#warnings.replaceChildren(...words.map((each) => worded("li", {}, ...each)));
  }

  /**
   * @param {"good" | "warn" | "bad"} state
   * @param {string} key
   * @param {import("./i18n.js").Values} [values]
   */
  #tell(state, key, values) {
    this.#progress.hidden = true;
    this.#place.dataset.state = state;
    setText(this.#state, key, values);
  }
}
