/**
 * Which channel of a recording is heard; cepstra/frontend/channels.py has the same rule. Channels are averaged, but for
 * two kinds: where the average cancels what they hold (a cable wired wrongly), the louder one is heard; where each
 * of two holds a voice of its own (a telephone call), somebody has to choose.
 */
import { mixDown, peakOf } from "./samples.js";

const BLOCKS_PER_S = 10;
const CANCELLED_SHARE = 0.1; // of the louder channel's energy in the average: 10 dB are lost
const SILENT_SHARE = 0.03; // of the highest level: 30 dB below,
const ACTIVE_SHARE = 0.1; // and 20
const ALONE_RATIO = 4; // 12 dB above the other,
const ALONE_SHARE = 0.02; // in so many of the active blocks,
const ALONE_BLOCKS = 5; // and half a second

/** @typedef {"left" | "right" | "mix"} Channel */

/**
 * @param {Float32Array[]} channels of one length
 * @param {number} sampleRateHz
 * @param {Channel} [channel] which one to hear, in place of the average
 * @returns {Float32Array | null} null where each channel holds a voice of its own, and nobody chose
 */
export function heardChannel(channels, sampleRateHz, channel) {
  if (channels.length === 1 || channel === "mix") {
    return mixDown(channels);
  }
  if (channel) {
    return channels[channel === "left" ? 0 : 1];
  }
  const energies = channels.map(energyOf);
  const most = Math.max(...energies);
  const mean = mixDown(channels);
  if (channels.length === 2 && holdTwoVoices(channels, sampleRateHz)) {
    return null;
  }
  return energyOf(mean) < CANCELLED_SHARE * most ? channels[energies.indexOf(most)] : mean;
}

/** @param {Float32Array} samples */
function energyOf(samples) {
  return samples.reduce((sum, sample) => sum + sample * sample, 0);
}

/**
 * @param {Float32Array[]} channels two
 * @param {number} sampleRateHz
 */
function holdTwoVoices(channels, sampleRateHz) {
  const levels = channels.map((samples) => levelsOf(samples, Math.max(1, Math.floor(sampleRateHz / BLOCKS_PER_S))));
  const highest = levels.map(peakOf);
  if (Math.min(...highest) <= SILENT_SHARE * Math.max(...highest)) {
    return false;
  }
  const [left, right] = levels.map((each, k) => each.map((level) => level / highest[k]));
  let [active, leftAlone, rightAlone] = [0, 0, 0];
  left.forEach((level, n) => {
    const isActive = Math.max(level, right[n]) > ACTIVE_SHARE;
    active += Number(isActive);
    leftAlone += Number(isActive && level > ALONE_RATIO * right[n]);
    rightAlone += Number(isActive && right[n] > ALONE_RATIO * level);
  });
  return Math.min(leftAlone, rightAlone) >= Math.max(ALONE_BLOCKS, ALONE_SHARE * active);
}

/**
 * @param {Float32Array} samples
 * @param {number} size of a block
 */
function levelsOf(samples, size) {
  return Float32Array.from({ length: Math.ceil(samples.length / size) }, (_, n) => {
    const block = samples.subarray(n * size, (n + 1) * size);
    return Math.sqrt(energyOf(block) / block.length);
  });
}
