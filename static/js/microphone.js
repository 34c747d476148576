/** The life of one microphone: ask, open, deliver blocks of samples at the native rate, close everything. */
import { CepstraError } from "./errors.js";
import { unlessAborted } from "./unless-aborted.js";

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

/** A microphone that may be used and delivers nothing for so long is given up. */
const SILENT_MS = 5000;
const CHECKS = 10; // in that time

/**
 * What a window offers for recording.
 * @typedef {object} Environment
 * @property {boolean} [isSecureContext]
 * @property {{mediaDevices?: {getUserMedia: Function}, permissions?: {query: Function}}} [navigator]
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
  #onMuted;
  #silentMs;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #clock;
  /** Checks of the clock since the last block; a page that stood still, or slept, missed none. */
  #quietChecks = 0;
  /**
   * Aborted where it takes too long.
   * @type {AbortController | null}
   */
  #opening = null;
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
   * @param {(error: CepstraError) => void} handlers.onLost while open, the device went away or delivers nothing more
   * @param {() => void} [handlers.onMuted] `isMuted` has changed
   * @param {number} [handlers.silentMs] after which a microphone that delivers nothing is given up
   * @param {Environment} [environment] the window; another one in tests
   */
  constructor({ onSamples, onLost, onMuted = () => {}, silentMs = SILENT_MS }, environment = globalThis) {
    this.#silentMs = silentMs;
    this.#onSamples = onSamples;
    this.#onLost = onLost;
    this.#onMuted = onMuted;
    this.#environment = environment;
  }

  /** The native rate; null while closed. */
  get sampleRateHz() {
    return this.#context?.sampleRate ?? null;
  }

  /** Whether the system, or a switch of the device, has turned the sound off. */
  get isMuted() {
    return this.#stream?.getAudioTracks().some(({ muted }) => muted) ?? false;
  }

  /** Loads what opening needs of the service, so that the microphone opens without it from now on. */
  async prepare() {
    if (missingSupport(this.#environment)) {
      return; // open() says so
    }
    this.#prepared ??= await createContext(/** @type {typeof globalThis} */ (this.#environment));
  }

  /**
   * Asks for permission and starts delivery. Throws CepstraError, or the signal's reason, and leaves nothing open.
   * @param {AbortSignal} [signal]
   */
  async open(signal) {
    const reason = missingSupport(this.#environment);
    if (reason) {
      throw reason;
    }
    const opening = (this.#opening = new AbortController());
    const either = AbortSignal.any([opening.signal, ...(signal ? [signal] : [])]);
    try {
      const environment = /** @type {typeof globalThis} */ (this.#environment);
      const asked = environment.navigator.mediaDevices.getUserMedia(CONSTRAINTS);
      void whenAllowed(environment, () => this.#opening === opening && this.#startClock());
      this.#stream = await unlessAborted(asked, either, stopTracks);
      await this.#connect(environment, this.#stream, either);
      this.#opening = null;
    } catch (error) {
      this.#opening = null;
      await this.close();
      throw either.aborted ? either.reason : asCepstraError(error);
    }
  }

  /**
   * @param {typeof globalThis} environment
   * @param {MediaStream} stream
   * @param {AbortSignal} signal
   */
  async #connect(environment, stream, signal) {
    clearInterval(this.#clock); // loading is not the device's time
    const context = this.#prepared ?? (await unlessAborted(createContext(environment), signal, (late) => late.close()));
    this.#context = context;
    const node = new environment.AudioWorkletNode(context, "capture", {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: "explicit",
    });
    this.#node = node;
    node.port.onmessage = (event) => {
      this.#quietChecks = 0;
      this.#onSamples(event.data);
    };
    this.#source = context.createMediaStreamSource(stream);
    this.#source.connect(node);
    for (const track of stream.getAudioTracks()) {
      track.onended = () => this.#lose("microphone-lost");
      track.onmute = track.onunmute = () => this.#onMuted();
    }
    this.#startClock();
    // Without a user's gesture, or without any sound device, Firefox never starts a context and says nothing.
    await unlessAborted(context.resume(), signal);
  }

  #startClock() {
    clearInterval(this.#clock);
    this.#quietChecks = 0;
    this.#clock = setInterval(() => this.#check(), this.#silentMs / CHECKS);
  }

  #check() {
    this.#quietChecks += 1;
    if (this.#quietChecks < CHECKS) {
      return;
    }
    if (this.#opening) {
      this.#opening.abort(new CepstraError("microphone-silent"));
    } else {
      void this.#lose("microphone-silent");
    }
  }

  /** @param {string} code of the error that is told */
  async #lose(code) {
    await this.close();
    this.#onLost(new CepstraError(code));
  }

  /** Stops the device and frees the audio graph; safe to call at any time. */
  async close() {
    const context = this.#context;
    clearInterval(this.#clock);
    if (this.#stream) {
      stopTracks(this.#stream);
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

/** @param {MediaStream} stream */
function stopTracks(stream) {
  for (const track of stream.getTracks()) {
    track.onended = track.onmute = track.onunmute = null;
    track.stop();
  }
}

/** @param {unknown} error what the browser threw */
function asCepstraError(error) {
  const name = error instanceof Error ? error.name : "";
  return error instanceof CepstraError ? error : new CepstraError(CODE_OF_EXCEPTION[name] ?? "microphone-failed", { cause: error });
}

/**
 * A person may think as long as they like: only from when they have allowed it is a stream late.
 * @param {Environment} environment
 * @param {() => void} tell called then; never where the browser does not say
 */
async function whenAllowed({ navigator }, tell) {
  const permission = await navigator?.permissions?.query({ name: "microphone" }).catch(() => null);
  if (permission?.state === "granted") {
    tell();
  } else if (permission) {
    permission.onchange = () => permission.state === "granted" && tell();
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
