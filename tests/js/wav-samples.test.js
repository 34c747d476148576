import assert from "node:assert/strict";
import { test } from "node:test";
import { wavStructure } from "../../static/js/files/wav-header.js";
import { isPlain, wavChannels } from "../../static/js/files/wav-samples.js";

const CODES = { u8: [1, 8], s16: [1, 16], s24: [1, 24], s32: [1, 32], f32: [3, 32], f64: [3, 64] };
const TOLERANCES = { u8: 1 / 128, s16: 2 ** -15, s24: 2 ** -23, s32: 2 ** -23, f32: 0, f64: 1e-7 };
const LEFT = [0, 0.5, -0.5, -1, 0.25];
const RIGHT = [0.125, -0.125, 0.75, -0.75, 0];

function write(view, kind, at, value) {
  const [encoding, bits] = CODES[kind];
  const whole = Math.round(value * 2 ** (bits - 1));
  if (encoding === 3) {
    view[bits === 32 ? "setFloat32" : "setFloat64"](at, value, true);
  } else if (bits === 8) {
    view.setUint8(at, whole + 128);
  } else {
    for (let byte = 0; byte < bits / 8; byte += 1) {
      view.setUint8(at + byte, Math.floor(whole / 2 ** (8 * byte)) & 255);
    }
  }
}

function wav(kind, isExtensible = false) {
  const [encoding, bits] = CODES[kind];
  const headBytes = isExtensible ? 40 : 16;
  const step = (2 * bits) / 8;
  const view = new DataView(new ArrayBuffer(28 + headBytes + LEFT.length * step));
  const text = (at, tag) => [...tag].forEach((c, k) => view.setUint8(at + k, c.charCodeAt(0)));
  text(0, "RIFF");
  text(8, "WAVE");
  text(12, "fmt ");
  view.setUint32(16, headBytes, true);
  view.setUint16(20, isExtensible ? 0xfffe : encoding, true);
  view.setUint16(22, 2, true);
  view.setUint32(24, 16000, true);
  view.setUint32(28, 16000 * step, true);
  view.setUint16(32, step, true);
  view.setUint16(34, bits, true);
  if (isExtensible) {
    view.setUint16(44, encoding, true);
  }
  text(20 + headBytes, "data");
  view.setUint32(24 + headBytes, LEFT.length * step, true);
  LEFT.forEach((left, n) => {
    write(view, kind, 28 + headBytes + n * step, left);
    write(view, kind, 28 + headBytes + n * step + step / 2, RIGHT[n]);
  });
  return view;
}

for (const kind of Object.keys(CODES)) {
  for (const isExtensible of [false, true]) {
    test(`${kind}${isExtensible ? ", extensible" : ""}: both channels are read`, () => {
      const view = wav(kind, isExtensible);
      const [part] = wavStructure(view).parts;
      assert.equal(part.sampleRateHz, 16000);
      assert.equal(part.statedShare, 1);
      const channels = wavChannels(view.buffer, part.layout);
      [LEFT, RIGHT].forEach((expected, channel) => {
        expected.forEach((value, n) => assert.ok(Math.abs(channels[channel][n] - value) <= TOLERANCES[kind]));
      });
    });
  }
}

test("an encoding that is not plain is left to the browser", () => {
  const view = wav("s16");
  view.setUint16(20, 7, true); // mu-law
  assert.ok(!isPlain(wavStructure(view).parts[0].layout));
  assert.ok(isPlain(wavStructure(wav("s16")).parts[0].layout));
});

test("a file that was cut off holds the samples that are there", () => {
  const whole = wav("s16");
  const bytes = whole.buffer.slice(0, whole.byteLength - 6);
  const [part] = wavStructure(new DataView(bytes)).parts;
  const [left, right] = wavChannels(bytes, part.layout);
  assert.ok(part.statedShare > 1);
  assert.deepEqual([left.length, right.length], [3, 3]);
});
