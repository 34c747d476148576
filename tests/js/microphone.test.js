import assert from "node:assert/strict";
import { test } from "node:test";
import { provideMeyda } from "../../static/js/meyda-library.js";
import { Microphone } from "../../static/js/microphone.js";
import { Recorder } from "../../static/js/recorder.js";

function fakeBrowser({ refuse = null } = {}) {
  const track = { stopped: false, stop: () => (track.stopped = true) };
  const stream = { getTracks: () => [track], getAudioTracks: () => [track] };
  const contexts = [];
  const asked = [];
  class AudioContext {
    sampleRate = 44100;
    state = "running";
    audioWorklet = { addModule: async () => {} };
    constructor() {
      contexts.push(this);
    }
    createMediaStreamSource() {
      return { connect: () => {} };
    }
    async resume() {}
    async close() {
      this.state = "closed";
    }
  }
  class AudioWorkletNode {
    static last = null;
    port = { onmessage: null };
    constructor() {
      AudioWorkletNode.last = this;
    }
    disconnect() {}
  }
  const getUserMedia = async (constraints) => {
    asked.push(constraints);
    if (refuse) {
      throw Object.assign(new Error("refused"), { name: refuse });
    }
    return stream;
  };
  const environment = { isSecureContext: true, navigator: { mediaDevices: { getUserMedia } }, AudioContext, AudioWorkletNode };
  return { environment, track, contexts, asked, AudioWorkletNode };
}

const ignore = { onSamples: () => {}, onLost: () => {} };

test("asks for the plain sound, delivers blocks at the native rate, and frees everything on close", async () => {
  const browser = fakeBrowser();
  const blocks = [];
  const microphone = new Microphone({ ...ignore, onSamples: (block) => blocks.push(block) }, browser.environment);
  await microphone.open();
  const { audio } = browser.asked[0];
  assert.deepEqual([audio.echoCancellation, audio.noiseSuppression, audio.autoGainControl], [false, false, false]);
  assert.equal(microphone.sampleRateHz, 44100);
  browser.AudioWorkletNode.last.port.onmessage({ data: new Float32Array(4) });
  assert.equal(blocks.length, 1);
  await microphone.close();
  assert.ok(browser.track.stopped);
  assert.equal(browser.contexts[0].state, "closed");
  assert.equal(browser.AudioWorkletNode.last.port.onmessage, null);
  assert.equal(microphone.sampleRateHz, null);
});

for (const [name, code] of Object.entries({
  NotAllowedError: "microphone-denied",
  NotFoundError: "microphone-missing",
  NotReadableError: "microphone-busy",
  TypeError: "microphone-failed",
})) {
  test(`${name} is reported as ${code}`, async () => {
    const microphone = new Microphone(ignore, fakeBrowser({ refuse: name }).environment);
    await assert.rejects(microphone.open(), { name: "CepstraError", code });
  });
}

test("a page that is not secure, and a browser without capture, are told apart", async () => {
  const { environment } = fakeBrowser();
  const insecure = new Microphone(ignore, { ...environment, isSecureContext: false });
  await assert.rejects(insecure.open(), { code: "microphone-insecure" });
  await assert.rejects(new Microphone(ignore, { ...environment, navigator: {} }).open(), { code: "microphone-unsupported" });
  const old = new Microphone(ignore, { ...environment, AudioWorkletNode: undefined });
  await assert.rejects(old.open(), { code: "microphone-unsupported" });
});

test("a device that goes away is reported once and everything is closed", async () => {
  const browser = fakeBrowser();
  const lost = [];
  const microphone = new Microphone({ ...ignore, onLost: (error) => lost.push(error.code) }, browser.environment);
  await microphone.open();
  browser.track.onended();
  await new Promise(setImmediate);
  assert.deepEqual(lost, ["microphone-lost"]);
  assert.equal(browser.contexts[0].state, "closed");
});

test("when the worklet cannot be loaded the device is released", async () => {
  const browser = fakeBrowser();
  const { AudioContext } = browser.environment;
  browser.environment.AudioContext = class extends AudioContext {
    audioWorklet = { addModule: () => Promise.reject(new Error("404")) };
  };
  await assert.rejects(new Microphone(ignore, browser.environment).open(), { code: "microphone-failed" });
  assert.ok(browser.track.stopped);
});

test("a browser that never starts to record is given up, and the device released", async () => {
  const browser = fakeBrowser();
  const { AudioContext } = browser.environment;
  browser.environment.AudioContext = class extends AudioContext {
    resume = () => new Promise(() => {});
  };
  const microphone = new Microphone({ ...ignore, silentMs: 5 }, browser.environment);
  await assert.rejects(microphone.open(), { code: "microphone-silent" });
  assert.ok(browser.track.stopped);
});

test("an aborted call gives the microphone back though its work still waits for an answer", async () => {
  const browser = fakeBrowser();
  provideMeyda({});
  const recorder = new Recorder({ frontend: {}, onLevel: () => {}, onChange: () => {}, environment: browser.environment });
  const abort = new AbortController();
  const answered = await recorder.use(abort.signal, async () => {
    assert.ok(!browser.track.stopped);
    abort.abort();
    assert.ok(browser.track.stopped);
    return "answered";
  });
  assert.equal(answered, "answered");
});
