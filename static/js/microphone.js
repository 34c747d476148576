/** The life of one microphone: ask, open, deliver blocks of samples at the native rate, close everything. */

const CONSTRAINTS = {
  audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
};

const EXPLANATIONS = {
  insecure: "Browsers lend the microphone only to pages opened over https or on this computer (localhost).",
  unsupported: "This browser cannot record: it lacks microphone access or AudioWorklet.",
  denied: "The microphone was refused. Allow it for this page in the browser's site settings and try again.",
  noDevice: "No microphone was found. Connect one and try again.",
  busy: "The microphone could not be started. Another program may be using it.",
  lost: "The microphone was disconnected.",
  failed: "The microphone could not be opened.",
};

const CODE_OF_EXCEPTION = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "noDevice",
  OverconstrainedError: "noDevice",
  NotReadableError: "busy",
  AbortError: "busy",
};

/** Why there is no sound; `code` is one of the keys of EXPLANATIONS, `message` is for people. */
export class MicrophoneError extends Error {
  constructor(code, cause) {
    super(EXPLANATIONS[code], { cause });
    this.name = "MicrophoneError";
    this.code = code;
  }
}

function checkSupport(environment) {
  if (environment.isSecureContext === false) {
    throw new MicrophoneError("insecure");
  }
  if (!environment.navigator?.mediaDevices?.getUserMedia || !environment.AudioWorkletNode) {
    throw new MicrophoneError("unsupported");
  }
}

export class Microphone {
  #environment;
  #onSamples;
  #onLost;
  #stream = null;
  #context = null;
  #node = null;

  /**
   * @param {object} handlers
   * @param {(samples: Float32Array) => void} handlers.onSamples mono blocks in [-1, 1] at `sampleRateHz`
   * @param {(error: MicrophoneError) => void} handlers.onLost the device went away while open
   * @param {object} environment what a window offers; another one in tests
   */
  constructor({ onSamples, onLost }, environment = globalThis) {
    this.#onSamples = onSamples;
    this.#onLost = onLost;
    this.#environment = environment;
  }

  /** The native rate; null while closed. */
  get sampleRateHz() {
    return this.#context?.sampleRate ?? null;
  }

  /** Asks for permission and starts delivery. Throws MicrophoneError and leaves nothing open. */
  async open() {
    checkSupport(this.#environment);
    try {
      this.#stream = await this.#environment.navigator.mediaDevices.getUserMedia(CONSTRAINTS);
      await this.#connect();
    } catch (error) {
      await this.close();
      throw new MicrophoneError(CODE_OF_EXCEPTION[error.name] ?? "failed", error);
    }
  }

  async #connect() {
    const { AudioContext, AudioWorkletNode } = this.#environment;
    // No sampleRate is asked for: Firefox refuses to connect a microphone to a context of another rate.
    this.#context = new AudioContext({ latencyHint: "interactive" });
    await this.#context.audioWorklet.addModule(new URL("./capture-worklet.js", import.meta.url));
    this.#node = new AudioWorkletNode(this.#context, "capture", {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: "explicit",
    });
    this.#node.port.onmessage = (event) => this.#onSamples(event.data);
    this.#context.createMediaStreamSource(this.#stream).connect(this.#node);
    for (const track of this.#stream.getAudioTracks()) {
      track.onended = () => this.#lose();
    }
    await this.#context.resume();
  }

  async #lose() {
    await this.close();
    this.#onLost(new MicrophoneError("lost"));
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
    this.#stream = this.#node = this.#context = null;
    await context?.close();
  }
}
