/**
 * What is sent: the frames as they are heard, with what the endpointer keeps of them, and the last message to the
 * service as it left.
 */
import { decimal, onLanguage, setText } from "./i18n.js";
import { CepstrumMap } from "./cepstrum-map.js";
import { inspectorLabels, mapLabels, trackLabels } from "./chart-labels.js";
import { find } from "./elements.js";
import { EnergyTrack } from "./energy-track.js";
import { MessageInspector } from "./message-inspector.js";
import { listenTo } from "./recording-session.js";

const MODE_KEY = "mode";

/** In the language of now. */
function drawn() {
  return {
    map: new CepstrumMap(find("#sent-map"), { labels: mapLabels() }),
    track: new EnergyTrack(find("#sent-track"), { labels: trackLabels() }),
    inspector: new MessageInspector(find("#sent-message"), { labels: inspectorLabels() }),
  };
}

/**
 * What is sent stays as the person chose on this device.
 * @param {import("../cepstra.js").Cepstra} voice
 */
function followChoice(voice) {
  const box = find("#sent-embedding", HTMLInputElement);
  const apply = () => (voice.mode = box.checked ? "embedding" : "frames");
  box.checked = localStorage.getItem(MODE_KEY) === "embedding";
  box.addEventListener("change", () => localStorage.setItem(MODE_KEY, apply()));
  apply();
}

export class SentPanel {
  /** @type {(import("./message-inspector.js").Sent & {url: URL}) | null} */
  #last = null;
  #pictures = drawn();
  #sent = { messages: 0, bytes: 0 };

  constructor() {
    setText(find("#sent-summary"), "sent.nothing");
    setText(find("#sent-count"), "sent.none");
    find("#sent").addEventListener("toggle", () => this.#show());
    onLanguage(() => this.#redraw());
  }

  /**
   * Given to the kit in place of fetch.
   * @type {typeof globalThis.fetch}
   */
  fetch = (url, request) => {
    if (request?.method === "PUT") {
      const body = /** @type {string | Uint8Array<ArrayBuffer>} */ (request.body);
      this.#last = { method: request.method, url: new URL(String(url)), body };
      this.#sent = { messages: this.#sent.messages + 1, bytes: this.#sent.bytes + new Blob([body]).size };
      this.#show();
    }
    return fetch(url, request);
  };

  /** @param {import("../cepstra.js").Cepstra} voice whose microphone is followed, and who is told what to send */
  follow(voice) {
    followChoice(voice);
    listenTo(voice, {
      level: (level) => {
        const { map, track } = this.#pictures;
        map.push(level.frames);
        track.push(level);
      },
    });
  }

  #redraw() {
    this.#pictures.map.destroy();
    this.#pictures.track.destroy();
    this.#pictures = drawn();
    this.#show();
  }

  #show() {
    if (!this.#last) {
      return;
    }
    const { method, url, body } = this.#last;
    const { messages, bytes } = this.#sent;
    setText(find("#sent-count"), "sent.count", { count: messages, size: decimal(bytes / 1000) });
    const size = decimal(new Blob([body]).size / 1000);
    setText(find("#sent-summary"), "sent.summary", { method, path: url.pathname, size });
    if (find("#sent", HTMLDetailsElement).open) {
      this.#pictures.inspector.show(this.#last);
    }
  }
}
