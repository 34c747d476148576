/**
 * STREAMINFO, with which every FLAC stream begins: 20 bits of rate, 8 of layout, 36 of length (RFC 9639, 8.2).
 * @param {DataView} view
 * @param {number} at where "fLaC" stands
 * @returns {import("./sound-structure.js").SoundStructure}
 */
export function flacStructure(view, at) {
  const sampleRateHz = flacRateHz(view, at);
  const info = at + 8;
  const isThere = sampleRateHz !== null && info + 18 <= view.byteLength;
  const samples = isThere ? (view.getUint8(info + 13) & 15) * 2 ** 32 + view.getUint32(info + 14) : 0;
  const statedS = sampleRateHz ? samples / sampleRateHz : 0;
  return { format: "flac", parts: [{ ranges: [{ start: 0, end: view.byteLength }], sampleRateHz }], statedS };
}

/**
 * @param {DataView} view
 * @param {number} at where "fLaC" stands
 */
export function flacRateHz(view, at) {
  return at + 22 <= view.byteLength ? view.getUint32(at + 18) >>> 12 || null : null;
}
