/** The life of one microphone: ask, open, deliver blocks of samples at the native rate, close everything. */
import { CepstraError } from "./errors.js";

const CONSTRAINTS = {
  audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
};

/** @type {Record<string, string>} */
const CODE_OF_EXCEPTION = {
  NotAllowedError: "microphone-denied",
  SecurityError: "microphone-denied",
  NotFoundError: "microphone-missing",
  OverconstrainedError: "microphone-missing",
  NotReadableError: "microphone-busy",
  AbortError: "microphone-busy",
};

/**
 * What a window offers for recording.
 * @typedef {object} Environment
 * @property {boolean} [isSecureContext]
 * @property {{mediaDevices?: {getUserMedia: Function}}} [navigator]
 * @property {typeof AudioContext} [AudioContext]
 * @property {typeof AudioWorkletNode} [AudioWorkletNode]
 */

/**
 * Why recording is impossible here, null where it is not.
 * @param {Environment} environment
 * @returns {CepstraError | null}
 */
export function missingSupport(environment = globalThis) {
  if (environment.isSecureContext === false) {
    return new CepstraError("microphone-insecure");
  }
  const canRecord = environment.navigator?.mediaDevices?.getUserMedia && environment.AudioWorkletNode;
  return canRecord ? null : new CepstraError("microphone-unsupported");
}

export class Microphone {
  /** @type {Environment} */
  #environment;
  #onSamples;
  #onLost;
  #startMs;
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {AudioContext | null} */
  #context = null;
  /**
   * From prepare(), never closed.
   * @type {AudioContext | null}
   */
  #prepared = null;
  /** @type {MediaStreamAudioSourceNode | null} */
  #source = null;
  /** @type {AudioWorkletNode | null} */
  #node = null;

  /**
   * @param {object} handlers
   * @param {(samples: Float32Array) => void} handlers.onSamples mono blocks in [-1, 1] at `sampleRateHz`
   * @param {(error: CepstraError) => void} handlers.onLost the device went away while open
   * @param {number} [handlers.startMs] after which a microphone that delivers nothing is given up
   * @param {Environment} [environment] the window; another one in tests
   */
  constructor({ onSamples, onLost, startMs = 5000 }, environment = globalThis) {
    this.#startMs = startMs;
    this.#onSamples = onSamples;
    this.#onLost = onLost;
    this.#environment = environment;
  }

  /** The native rate; null while closed. */
  get sampleRateHz() {
    return this.#context?.sampleRate ?? null;
  }

  /** Loads what opening needs of the service, so that the microphone opens without it from now on. */
  async prepare() {
    if (missingSupport(this.#environment)) {
      return; // open() says so
    }
    this.#prepared ??= await createContext(/** @type {typeof globalThis} */ (this.#environment));
  }

  /** Asks for permission and starts delivery. Throws CepstraError and leaves nothing open. */
  async open() {
    const reason = missingSupport(this.#environment);
    if (reason) {
      throw reason;
    }
    try {
      const environment = /** @type {typeof globalThis} */ (this.#environment);
      this.#stream = await environment.navigator.mediaDevices.getUserMedia(CONSTRAINTS);
      await this.#connect(environment, this.#stream);
    } catch (error) {
      await this.close();
      if (error instanceof CepstraError) {
        throw error;
      }
      const name = error instanceof Error ? error.name : "";
      throw new CepstraError(CODE_OF_EXCEPTION[name] ?? "microphone-failed", { cause: error });
    }
  }

  /**
   * @param {typeof globalThis} environment
   * @param {MediaStream} stream
   */
  async #connect(environment, stream) {
    const context = this.#prepared ?? (await createContext(environment));
    this.#context = context;
    const node = new environment.AudioWorkletNode(context, "capture", {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: "explicit",
    });
    this.#node = node;
    node.port.onmessage = (event) => this.#onSamples(event.data);
    this.#source = context.createMediaStreamSource(stream);
    this.#source.connect(node);
    for (const track of stream.getAudioTracks()) {
      track.onended = () => this.#lose();
    }
    await this.#start(context);
  }

  /**
   * Without a user's gesture, or without any sound device, Firefox never starts a context and says nothing.
   * @param {AudioContext} context
   */
  async #start(context) {
    let timer;
    const late = new Promise((_resolve, reject) => {
      timer = setTimeout(() => reject(new CepstraError("microphone-silent")), this.#startMs);
    });
    try {
      await Promise.race([context.resume(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #lose() {
    await this.close();
    this.#onLost(new CepstraError("microphone-lost"));
  }

  /** Stops the device and frees the audio graph; safe to call at any time. */
  async close() {
    const context = this.#context;
    for (const track of this.#stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    if (this.#node) {
      this.#node.port.onmessage = null;
      this.#node.disconnect();
    }
    this.#source?.disconnect?.();
    this.#stream = this.#node = this.#source = this.#context = null;
    await (context === this.#prepared ? context?.suspend() : context?.close());
  }
}

/** @param {typeof globalThis} environment */
async function createContext(environment) {
  // No sampleRate is asked for: Firefox refuses to connect a microphone to a context of another rate.
  const context = new environment.AudioContext({ latencyHint: "interactive" });
  try {
    await context.audioWorklet.addModule(new URL("./capture-worklet.js", import.meta.url));
    return context;
  } catch (error) {
    await context.close();
    throw error;
  }
}
