/**
 * Fits the ratio of `voice.watch()` and measures it on people who take turns: read speech of speakers whom the
 * network has never met. Half of them fit, the other half is measured.
 *
 *   node scripts/measure-watch.js fit ../shared/corpora [ROUNDS]
 *   node scripts/measure-watch.js measure ../shared/corpora [ROUNDS]
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import meydaModule from "meyda";
import { SpeechPieces } from "../static/js/embedding/speech-pieces.js";
import { NETWORK_FILES, VoiceEmbedder } from "../static/js/embedding/voice-embedder.js";
import { CALIBRATION, joined, place, similarity, VoiceWatch } from "../static/js/embedding/voice-watch.js";
import { UtteranceStream } from "../static/js/utterance-stream.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const meyda = meydaModule.default ?? meydaModule;
const frontend = JSON.parse(readFileSync(join(root, "static", "js", "frontend.json"), "utf8"));
const embedder = new VoiceEmbedder(NETWORK_FILES.map((name) => readFileSync(join(root, "models", name))));
const BLOCK = 1600;
const [purpose, corpora, rounds = "3"] = process.argv.slice(2);
const ROUNDS = Number(rounds); // in how many orders a speaker's recordings are joined

/** Whether a speaker of the network's training corpora was kept from it: cepstra/training/sessions.py. */
function isHeldOut(speaker, share = 1 / 8) {
  const digest = createHash("sha256").update(`split/1/${speaker}`).digest();
  return Number(digest.readBigUInt64BE(0)) < share * 2 ** 64;
}

/** {name, files, corpus} of every speaker whom the network has not met. */
function strangers(folderOfAll) {
  return ["speechocean", "librispeech"].flatMap((corpus) => {
    const folder = join(folderOfAll, corpus, "background");
    const names = readdirSync(folder).sort();
    const unmet = corpus === "speechocean" ? names : names.filter((name) => isHeldOut(name));
    return unmet.map((name) => ({ name, corpus, files: readdirSync(join(folder, name)).sort().map((file) => join(folder, name, file)) }));
  });
}

/** All recordings as samples at 16 kHz; Python reads FLAC. */
function decoded(files) {
  const python = [join(root, ".venv", "bin", "python"), join(root, ".venv", "Scripts", "python.exe")].find(existsSync);
  const bytes = execFileSync(python, [join(root, "tests", "js", "decode_corpus.py"), ...files], { maxBuffer: 2 ** 30 });
  const sounds = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + 4 * bytes.readUInt32LE(at);
    sounds.push(new Float32Array(new Uint8Array(bytes.subarray(at + 4, end)).buffer));
    at = end;
  }
  return sounds;
}

/** The pieces of recordings one after the other, each with its end in seconds and which recording it ended in. */
function piecesOf(sounds) {
  const stream = new UtteranceStream({ inputHz: frontend.sample_rate_hz, frontend, meyda });
  const cutter = new SpeechPieces();
  const pieces = [];
  let heard = 0;
  sounds.forEach((sound, of) => {
    for (let at = 0; at < sound.length; at += BLOCK) {
      stream.push(sound.subarray(at, at + BLOCK));
      heard += Math.min(BLOCK, sound.length - at);
      const endS = heard / frontend.sample_rate_hz;
      cutter.push(stream.level).forEach((piece) => pieces.push({ endS, of, pooled: embedder.pool(piece) }));
    }
  });
  return pieces.filter(({ pooled }) => pooled.frames >= 10);
}

/** Numbers in [0, 1) that are the same every time. */
function dice(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const seconds = (sounds) => sounds.reduce((sum, sound) => sum + sound.length, 0) / frontend.sample_rate_hz;

/** Two people one after the other: the first learnt from one recording, heard in the others, then the second. */
function turns(speakers, random) {
  return speakers.flatMap((speaker) => {
    const others = speakers.filter(({ corpus, name }) => corpus === speaker.corpus && name !== speaker.name);
    return Array.from({ length: ROUNDS }, () => {
      const own = speaker.sounds.map((sound) => [random(), sound]).sort(([a], [b]) => a - b).map(([, sound]) => sound);
      const other = others[Math.floor(random() * others.length)];
      const pause = new Float32Array(Math.floor((0.2 + random()) * frontend.sample_rate_hz)).fill(0);
      return { name: speaker.name, corpus: speaker.corpus, changesAtS: seconds([...own, pause]), pieces: piecesOf([...own, pause, ...other.sounds]) };
    });
  });
}

/** Scores of windows of the same and of another voice, as the watch would compute them. */
function windows(stream) {
  const scores = { same: [], other: [] };
  let learnt = { frames: 0, sums: new Float64Array(0) };
  const window = [];
  for (const { endS, pooled } of stream.pieces) {
    if (learnt.frames < 300) {
      learnt = joined([learnt, pooled]);
      continue;
    }
    window.push({ ...pooled, isOther: endS > stream.changesAtS });
    while (joined(window).frames - window[0].frames >= 150) {
      window.shift();
    }
    const isPure = window.every(({ isOther }) => isOther === window[0].isOther);
    if (isPure && joined(window).frames >= 60) {
      const score = similarity(place(embedder, learnt.sums), place(embedder, joined(window).sums));
      scores[window[0].isOther ? "other" : "same"].push(score);
    }
  }
  return scores;
}

/** Slope and bias of the log-likelihood ratio, by logistic regression with equal priors (Newton's method). */
function calibrate(same, other) {
  let [slope, bias] = [0, 0];
  const examples = [...same.map((x) => [x, 1, 0.5 / same.length]), ...other.map((x) => [x, 0, 0.5 / other.length])];
  for (let step = 0; step < 30; step += 1) {
    let [g0, g1, h00, h01, h11] = [0, 0, 1e-9, 0, 1e-9];
    for (const [x, y, weight] of examples) {
      const p = 1 / (1 + Math.exp(-(slope * x + bias)));
      const [error, curve] = [weight * (y - p), weight * p * (1 - p)];
      g0 += error * x;
      g1 += error;
      h00 += curve * x * x;
      h01 += curve * x;
      h11 += curve;
    }
    const determinant = h00 * h11 - h01 * h01;
    slope += (h11 * g0 - h01 * g1) / determinant;
    bias += (h00 * g1 - h01 * g0) / determinant;
  }
  return { slope, bias };
}

/** What a watch tells of a stream: false changes, the time it watched, and when it noticed the second voice. */
function follow(stream, calibration) {
  const watch = new VoiceWatch(embedder, { calibration });
  let [state, falseChanges, startS, noticedS] = ["learning", 0, null, null];
  for (const { endS, pooled } of stream.pieces) {
    const told = watch.follow(pooled);
    const isOther = endS > stream.changesAtS;
    const isChange = told.state === "changed" && state !== "changed";
    startS ??= told.state === "learning" ? null : endS;
    falseChanges += Number(isChange && !isOther);
    noticedS ??= isOther && told.state === "changed" ? endS - stream.changesAtS : null;
    state = told.state;
  }
  const watchedS = startS === null ? 0 : Math.max(0, stream.changesAtS - startS);
  return { name: stream.name, falseChanges, watchedS, noticedS, isWatched: watchedS > 0 };
}

function quantile(values, share) {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];
}

function report(streams, calibration) {
  const told = streams.map((stream) => follow(stream, calibration)).filter(({ isWatched }) => isWatched);
  const hours = told.reduce((sum, { watchedS }) => sum + watchedS, 0) / 3600;
  const falseChanges = told.reduce((sum, each) => sum + each.falseChanges, 0);
  const times = told.map(({ noticedS }) => noticedS ?? Infinity);
  const missed = told.filter(({ noticedS }) => noticedS === null).length / told.length;
  const people = (some) => new Set(some.map(({ name }) => name)).size;
  return {
    people: people(told), wronged: people(told.filter((each) => each.falseChanges > 0)), streams: told.length, hours: hours.toFixed(2), falseChanges, perHour: (falseChanges / hours).toFixed(1),
    medianS: quantile(times, 0.5).toFixed(1), p90S: quantile(times, 0.9).toFixed(1), missed: missed.toFixed(3),
  };
}

function fit(streams) {
  const scores = streams.map(windows);
  const fitted = calibrate(scores.flatMap(({ same }) => same), scores.flatMap(({ other }) => other));
  console.log("fitted", JSON.stringify(fitted));
  for (const changedBelow of [-3, -2.5, -2, -1.5, -1, -0.5, 0]) {
    console.log(changedBelow, JSON.stringify(report(streams, { ...fitted, changedBelow, sameFrom: CALIBRATION.sameFrom })));
  }
}

function measure(streams) {
  console.log("shipped", JSON.stringify(CALIBRATION));
  for (const corpus of ["speechocean", "librispeech"]) {
    console.log(corpus, JSON.stringify(report(streams.filter((each) => each.corpus === corpus), CALIBRATION)));
  }
}

const half = purpose === "fit" ? 0 : 1;
const speakers = strangers(corpora).filter((_, k) => k % 2 === half);
const sounds = decoded(speakers.flatMap(({ files }) => files));
speakers.forEach((speaker) => (speaker.sounds = sounds.splice(0, speaker.files.length)));
const streams = turns(speakers, dice(1 + half));
(purpose === "fit" ? fit : measure)(streams);
