/**
 * Put into a page before its scripts: a microphone that hears `swiftMicrophone.sound` again and again, as fast as the
 * page listens, until another is put there; so it depends on no clock, and not on when the page is ready. After
 * `swiftMicrophone.unplug()` it is lost. The page's own audio graph is left out.
 */
(() => {
  const RATE_HZ = 16_000;
  const BLOCK = 1600;
  const track = { onended: null, stop: () => {} };
  globalThis.swiftMicrophone = { sound: "", unplug: () => track.onended() };

  function samplesOf(base64) {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return Float32Array.from(new Int16Array(bytes.buffer), (value) => value / 32_768);
  }

  navigator.mediaDevices.getUserMedia = async () => ({ getTracks: () => [track], getAudioTracks: () => [track] });
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
      this.#deliver();
    }
    async #deliver() {
      let sound, samples;
      for (let at = 0; ; at += BLOCK) {
        await new Promise((resolve) => setTimeout(resolve));
        if (!this.port.onmessage) {
          return; // it is closed
        }
        if (sound !== globalThis.swiftMicrophone.sound || at >= samples.length) {
          sound = globalThis.swiftMicrophone.sound;
          samples = samplesOf(sound);
          at = 0;
        }
        this.port.onmessage({ data: samples.subarray(at, at + BLOCK) });
      }
    }
    disconnect() {}
  };
})();
