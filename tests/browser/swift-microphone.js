/**
 * Put into a page before its scripts: a microphone that hears `swiftMicrophone.sound` as fast as the page listens, and
 * so depends on no clock. The page's own audio graph is left out.
 */
(() => {
  const RATE_HZ = 16_000;
  const BLOCK = 1600;
  globalThis.swiftMicrophone = { sound: "" };

  function samplesOf(base64) {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return Float32Array.from(new Int16Array(bytes.buffer), (value) => value / 32_768);
  }

  navigator.mediaDevices.getUserMedia = async () => ({ getTracks: () => [], getAudioTracks: () => [] });
  globalThis.AudioContext = class {
    sampleRate = RATE_HZ;
    audioWorklet = { addModule: async () => {} };
    createMediaStreamSource = () => ({ connect: () => {} });
    resume = async () => {};
    suspend = async () => {};
    close = async () => {};
  };
  globalThis.AudioWorkletNode = class {
    port = { onmessage: null };
    constructor() {
      this.#deliver(samplesOf(globalThis.swiftMicrophone.sound));
    }
    async #deliver(samples) {
      for (let at = 0; at < samples.length; at += BLOCK) {
        await new Promise((resolve) => setTimeout(resolve));
        this.port.onmessage?.({ data: samples.subarray(at, at + BLOCK) });
      }
    }
    disconnect() {}
  };
})();
