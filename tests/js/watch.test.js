/** voice.watch() through the kit: a microphone that hears people take turns, and the shipped network. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Cepstra } from "../../static/js/cepstra.js";
import { NETWORK_FILES, VoiceEmbedder } from "../../static/js/embedding/voice-embedder.js";
import { VoiceWatch } from "../../static/js/embedding/voice-watch.js";
import { createFeatureExtractor } from "../../static/js/features.js";
import { buildMessage } from "../../static/js/message.js";
import { Framer } from "../../static/js/utterance-stream.js";
import { corpora, decoded, whyNoCorpus } from "./corpus.js";
import { frontend, meyda } from "./front-end.js";
import { join as joinSounds } from "./signals.js";

const models = new URL("../../models/", import.meta.url);
const networkFile = (name) => readFileSync(new URL(name, models));
const skip = whyNoCorpus() ?? false;
const RATE_HZ = 16_000;

/** A window whose microphone is heard by whoever calls `hear(samples)`; opens at once. */
function windowWithMicrophone() {
  let node;
  const track = { stop: () => {}, onended: null };
  const environment = {
    isSecureContext: true,
    navigator: { mediaDevices: { getUserMedia: async () => ({ getTracks: () => [track], getAudioTracks: () => [track] }) } },
    AudioContext: class {
      sampleRate = RATE_HZ;
      audioWorklet = { addModule: async () => {} };
      createMediaStreamSource = () => ({ connect: () => {} });
      resume = async () => {};
      close = async () => {};
    },
    AudioWorkletNode: class {
      port = { onmessage: null };
      constructor() {
        node = this;
      }
      disconnect() {}
    },
  };
  const hear = (samples) => {
    for (let at = 0; at < samples.length; at += 480) {
      node.port.onmessage?.({ data: samples.subarray(at, at + 480) });
    }
  };
  return { environment, hear };
}

/** The kit with a service that has nothing but the network's files. */
function watching() {
  const { environment, hear } = windowWithMicrophone();
  const asked = [];
  const fetch = async (url, { method = "GET" } = {}) => {
    asked.push(`${method} ${new URL(url).pathname}`);
    return new Response(networkFile(new URL(url).pathname.split("/").at(-1)));
  };
  const voice = new Cepstra({ url: "http://service.example", meyda, frontend, environment, fetch });
  const told = [];
  const ratios = [];
  for (const type of ["same", "changed", "silence"]) {
    voice.addEventListener(type, ({ detail }) => told.push(type === "silence" ? `silence ${detail.waitedS}` : type));
  }
  voice.addEventListener("ratio", ({ detail }) => ratios.push(detail));
  return { voice, hear, asked, told, ratios };
}

/** Ten seconds of one reader. */
function reader(name) {
  const folder = join(corpora, "speechocean", "background", name);
  return joinSounds(decoded(readdirSync(folder).sort().map((file) => join(folder, file))));
}

const pause = (seconds) => new Float32Array(seconds * RATE_HZ);

async function begin(voice, options) {
  const abort = new AbortController();
  let ended;
  await new Promise((onReady) => {
    ended = voice.watch({ ...options, onReady, signal: abort.signal }).catch((reason) => reason);
  });
  return async () => {
    abort.abort("enough");
    assert.equal(await ended, "enough");
  };
}

test("the first voice is learnt, another one is noticed, and the first again; nothing is sent", { skip }, async () => {
  const [first, second] = [reader("so162"), reader("so001")];
  const { voice, hear, asked, told, ratios } = watching();
  const end = await begin(voice);
  hear(first);
  assert.deepEqual(told, ["same"]);
  hear(second.subarray(RATE_HZ, 2 * RATE_HZ));
  hear(first);
  assert.deepEqual(told, ["same"], "a word of somebody else changes nothing");
  hear(second);
  assert.deepEqual(told, ["same", "changed"]);
  hear(first);
  assert.deepEqual(told, ["same", "changed", "same"]);
  await end();
  hear(second);
  assert.equal(told.length, 3, "nothing is told after the end");
  assert.deepEqual(asked.sort(), NETWORK_FILES.map((name) => `GET /models/${name}`).sort());
  const learning = ratios.filter(({ state }) => state === "learning");
  assert.ok(learning.length >= 2 && learning.every(({ llr, learnt }) => llr === null && learnt < 1));
  assert.ok(ratios.at(-1).llr > 0 && ratios.at(-1).learnt === 1);
});

test("a profile is expected from the first second on; silence is told and changes nothing", { skip }, async () => {
  const [first, second] = [reader("so162"), reader("so001")];
  const { voice, hear, told, ratios } = watching();
  const end = await begin(voice, { profile: await profileOf(voice, first) });
  hear(second);
  hear(pause(31));
  hear(first);
  await end();
  assert.deepEqual(told, ["changed", "silence 4", "silence 10", "silence 30", "same"]);
  assert.ok(ratios.every(({ llr }) => Number.isFinite(llr)));
});

test("who gives up while the network is loaded gives up for nobody else", async () => {
  const fetch = (url, { signal }) =>
    new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason));
      setTimeout(() => resolve(new Response(networkFile(new URL(url).pathname.split("/").at(-1)))), 50);
    });
  const talk = { mfcc: JSON.parse(readFileSync(new URL("../../mfcc_train.json", import.meta.url), "utf8")).mfcc };
  for (const first of [0, 1]) {
    const voice = new Cepstra({ url: "http://service.example", meyda, frontend, fetch });
    const aborts = [new AbortController(), new AbortController()];
    const both = aborts.map(({ signal }) => voice.profile([talk], { signal }).then(({ frames }) => frames > 0, (reason) => reason));
    await new Promise((resolve) => setTimeout(resolve, 10));
    aborts[first].abort("enough");
    assert.deepEqual(await Promise.all(both), first === 0 ? ["enough", true] : [true, "enough"]);
  }
});

test("messages without speech, or without frames, are no profile", async () => {
  const { voice } = watching();
  const codeOf = (messages) => voice.profile(messages).then(() => "made", ({ code }) => code);
  const silence = { mfcc: Array.from({ length: 100 }, () => Array(20).fill(0)) };
  assert.equal(await codeOf([silence]), "nothing-heard");
  assert.equal(await codeOf([{ mfcc: null, embedding: [1, 0] }]), "not-enrolled");
  assert.equal(await codeOf([]), "not-enrolled");
});

function profileOf(voice, samples) {
  const frames = new Framer(frontend.frame_samples, frontend.hop_samples).push(samples);
  return voice.profile([buildMessage(frames.map(createFeatureExtractor(meyda, frontend)), frontend)]);
}

test("a watch of hours holds no more than one of minutes", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const watch = new VoiceWatch(new VoiceEmbedder(NETWORK_FILES.map(networkFile)));
  const heap = () => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const talk = (pieces) => {
    for (let k = 0; k < pieces; k += 1) {
      watch.follow({ sums: Float64Array.from({ length: 1536 }, (_, at) => 1 + ((at * 7 + k) % 13)), frames: 60 });
    }
  };
  talk(50);
  const before = heap();
  talk(1200); // 15 MB, were they kept
  assert.ok(heap() - before < 5e6);
});
