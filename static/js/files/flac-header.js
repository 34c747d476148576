/**
 * STREAMINFO, with which every FLAC stream begins: 20 bits of rate, 8 of layout, 36 of length (RFC 9639, 8.2).
 * @param {DataView} view
 * @param {number} at where "fLaC" stands
 * @returns {import("./sound-header.js").SoundHeader}
 */
export function flacHeader(view, at) {
  const info = at + 8;
  if (info + 18 > view.byteLength) {
    return { format: "flac", sampleRateHz: null, durationS: null };
  }
  const sampleRateHz = view.getUint32(info + 10) >>> 12;
  const samples = (view.getUint8(info + 13) & 15) * 2 ** 32 + view.getUint32(info + 14);
  return { format: "flac", sampleRateHz, durationS: samples && sampleRateHz ? samples / sampleRateHz : null };
}
