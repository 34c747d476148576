/**
 * The samples of a plain WAV file, exactly as Python's readers understand them. Browsers differ: Chromium
 * divides positive 16-bit numbers by 32767 and negative ones by 32768, which moves coefficients by up to 0.005.
 */

const PCM = 1;
const FLOAT = 3;
/** @type {Record<string, (view: DataView, at: number) => number>} */
const READERS = {
  [`${PCM}/8`]: (view, at) => (view.getUint8(at) - 128) / 2 ** 7,
  [`${PCM}/16`]: (view, at) => view.getInt16(at, true) / 2 ** 15,
  [`${PCM}/24`]: (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 2 ** 16) / 2 ** 23,
  [`${PCM}/32`]: (view, at) => view.getInt32(at, true) / 2 ** 31,
  [`${FLOAT}/32`]: (view, at) => view.getFloat32(at, true),
  [`${FLOAT}/64`]: (view, at) => view.getFloat64(at, true),
};

/** @typedef {import("./wav-header.js").Layout} Layout */

/**
 * Whether wavChannels() can read it; any other encoding is left to the browser.
 * @param {Layout} layout
 */
export function isPlain({ encoding, bits, channels }) {
  return `${encoding}/${bits}` in READERS && channels > 0;
}

/**
 * @param {ArrayBuffer} bytes the whole file
 * @param {Layout} layout a plain one
 */
export function wavChannels(bytes, { encoding, bits, gain, channels, dataAt, dataBytes }) {
  const read = READERS[`${encoding}/${bits}`];
  const view = new DataView(bytes);
  const step = (bits / 8) * channels;
  const length = Math.floor(dataBytes / step);
  return Array.from({ length: channels }, (_, channel) => {
    const samples = new Float32Array(length);
    for (let n = 0; n < length; n += 1) {
      samples[n] = gain * read(view, dataAt + n * step + (channel * bits) / 8);
    }
    return samples;
  });
}
