/**
 * What is sent: the frames as they are heard, with what the endpointer keeps of them, and the last message to the
 * service as it left.
 */
import { decimal } from "./amounts.js";
import { CepstrumMap } from "./cepstrum-map.js";
import { inspectorLabels, mapLabels, trackLabels } from "./chart-labels.js";
import { EnergyTrack } from "./energy-track.js";
import { MessageInspector } from "./message-inspector.js";
import { onLanguage, say } from "./words.js";

const at = (id) => document.getElementById(id);

export class SentPanel {
  #last = null;
  #pictures = [];
  #inspector;

  constructor() {
    say(at("sent-summary"), "sent.nothing");
    at("sent").addEventListener("toggle", () => this.#show());
    this.#draw();
    onLanguage(() => this.#draw());
  }

  /** Given to the kit in place of fetch. */
  fetch = (url, request) => {
    if (request.method === "PUT") {
      this.#last = { method: request.method, url: new URL(url), body: request.body };
      this.#show();
    }
    return fetch(url, request);
  };

  /** @param {import("../cepstra.js").Cepstra} voice whose microphone is followed */
  follow(voice) {
    voice.addEventListener("level", ({ detail: level }) => {
      const [map, track] = this.#pictures;
      map.push(level.frames);
      track.push(level);
    });
  }

  #draw() {
    this.#pictures.forEach((picture) => picture.destroy());
    this.#pictures = [
      new CepstrumMap(at("sent-map"), { labels: mapLabels() }),
      new EnergyTrack(at("sent-track"), { labels: trackLabels() }),
    ];
    this.#inspector = new MessageInspector(at("sent-message"), { labels: inspectorLabels() });
    this.#show();
  }

  #show() {
    if (!this.#last) {
      return;
    }
    const { method, url, body } = this.#last;
    const size = decimal(new Blob([body]).size / 1000);
    say(at("sent-summary"), "sent.summary", { method, path: url.pathname, size });
    if (at("sent").open) {
      this.#inspector.show(this.#last);
    }
  }
}
