import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readSoundHeader } from "../../static/js/files/sound-header.js";
import { randomNumbers } from "./signals.js";

const DURATION_S = 3;
const TONE = ["-f", "lavfi", "-i", `sine=frequency=300:duration=${DURATION_S}`];
const FORMATS = [
  { name: "16k.wav", format: "wav", hz: 16000, options: [] },
  { name: "float.wav", format: "wav", hz: 44100, options: ["-c:a", "pcm_f32le", "-ac", "2"] },
  { name: "tone.flac", format: "flac", hz: 22050, options: [] },
  { name: "vorbis.ogg", format: "ogg", hz: 32000, options: ["-c:a", "libvorbis"] },
  { name: "opus.ogg", format: "ogg", hz: 48000, options: ["-c:a", "libopus"] },
  { name: "flac.ogg", format: "ogg", hz: 16000, options: ["-c:a", "flac"] },
  { name: "constant.mp3", format: "mp3", hz: 44100, options: ["-b:a", "64k", "-write_xing", "0"] },
  { name: "variable.mp3", format: "mp3", hz: 16000, options: ["-q:a", "5"] },
  { name: "sound.m4a", format: "mp4", hz: 44100, options: [] },
  { name: "late.mp4", format: "mp4", hz: 48000, options: ["-movflags", "+frag_keyframe"] },
];

const buffer = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
const isMissing = spawnSync("ffmpeg", ["-version"]).error !== undefined;
const reason = isMissing && "NO FFMPEG: ffmpeg is missing, so the heads of real sound files were not read";

describe("heads of sound files", { skip: reason }, () => {
  const files = new Map();
  before(() => {
    const folder = mkdtempSync(join(tmpdir(), "cepstra-"));
    after(() => rmSync(folder, { recursive: true }));
    for (const { name, hz, options } of FORMATS) {
      const path = join(folder, name);
      const { status, stderr } = spawnSync("ffmpeg", ["-v", "error", ...TONE, "-ar", hz, ...options, path]);
      assert.equal(status, 0, String(stderr));
      files.set(name, readFileSync(path));
    }
  });

  for (const { name, format, hz } of FORMATS) {
    test(`${name}: format, rate and duration`, () => {
      const header = readSoundHeader(buffer(files.get(name)));
      assert.equal(header.format, format);
      assert.equal(header.sampleRateHz, hz);
      if (name !== "late.mp4") {
        assert.ok(Math.abs(header.durationS - DURATION_S) < 0.15, `${header.durationS} s`);
      }
    });

    test(`${name}: cut off anywhere, it is still read without a throw`, () => {
      const bytes = files.get(name);
      for (let length = 0; length < Math.min(bytes.length, 1500); length += 7) {
        readSoundHeader(buffer(bytes.subarray(0, length)));
      }
    });

    test(`${name}: with bytes changed at random, it is still read without a throw`, () => {
      const random = randomNumbers(8);
      for (let round = 0; round < 200; round += 1) {
        const bytes = Buffer.from(files.get(name));
        for (let change = 0; change < 20; change += 1) {
          bytes[Math.floor(random() * Math.min(bytes.length, 300))] = Math.floor(256 * random());
        }
        readSoundHeader(buffer(bytes));
      }
    });
  }
});

test("what is no sound file has no format", () => {
  for (const text of ["", "x", "RIFF, but nothing more", "%PDF-1.7 and so on, for more than forty characters in all"]) {
    assert.deepEqual(readSoundHeader(buffer(Buffer.from(text))), { format: null, sampleRateHz: null, durationS: null });
  }
});
