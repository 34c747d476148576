/**
 * Which channel of a recording is heard; cepstra/frontend/channels.py has the same rule. Channels are averaged, but for
 * three kinds: where the average cancels what they hold (a cable wired wrongly), the louder one is heard; of five or more
 * (a film), the centre, where the dialogue is, if it is not silent; where each of two, of four at most, holds a voice of
 * its own (a telephone call), somebody has to choose, which the command line lets them.
 */
import { peakOf } from "./samples.js";

const BLOCKS_PER_S = 10;
const CANCELLED_SHARE = 0.1; // of the louder channel's energy in the average: 10 dB are lost
const SILENT_SHARE = 0.03; // of the highest level: 30 dB below,
const ACTIVE_SHARE = 0.1; // and 20
const ALONE_RATIO = 4; // 12 dB above the other,
const ALONE_SHARE = 0.02; // in so many of the active blocks,
const ALONE_BLOCKS = 5; // and half a second
const MOST_OF_CALL = 4; // channels; films have more, and voices and music in several

/**
 * @param {Float32Array[]} channels of one length
 * @param {number} sampleRateHz
 * @returns {Float32Array | null} null where each channel holds a voice of its own
 */
export function heardChannel(channels, sampleRateHz) {
  if (channels.length === 1) {
    return channels[0];
  }
  const energies = channels.map(energyOf);
  const most = Math.max(...energies);
  const mean = channels[0].map((_, n) => channels.reduce((sum, channel) => sum + channel[n], 0) / channels.length);
  if (channels.length <= MOST_OF_CALL && holdTwoVoices(channels, sampleRateHz)) {
    return null;
  }
  return energyOf(mean) < CANCELLED_SHARE * most ? channels[energies.indexOf(most)] : mean;
}

/**
 * Which channel is the centre of a film, and whether others sound, too; null where the centre is silent, or is none.
 * @param {Float32Array[]} channels
 * @param {number} sampleRateHz
 * @param {number | null} centre
 */
export function filmCentre(channels, sampleRateHz, centre) {
  if (centre === null || channels.length <= MOST_OF_CALL) {
    return null;
  }
  const highest = channels.map((samples) => peakOf(levelsOf(samples, sampleRateHz)));
  const sounding = highest.map((level) => level > SILENT_SHARE * Math.max(...highest));
  return sounding[centre] ? { samples: channels[centre], isOneOfSeveral: sounding.filter(Boolean).length > 1 } : null;
}

/** @param {Float32Array} samples */
function energyOf(samples) {
  return samples.reduce((sum, sample) => sum + sample * sample, 0);
}

/**
 * @param {Float32Array[]} channels
 * @param {number} sampleRateHz
 */
function holdTwoVoices(channels, sampleRateHz) {
  const levels = channels.map((samples) => levelsOf(samples, sampleRateHz));
  const least = SILENT_SHARE * Math.max(...levels.map(peakOf));
  const loud = levels.filter((each) => peakOf(each) > least).map(shares);
  return loud.some((one, k) => loud.slice(k + 1).some((other) => speakByTurns(one, other)));
}

/** @param {Float32Array} levels */
function shares(levels) {
  const highest = peakOf(levels);
  return levels.map((level) => level / highest);
}

/**
 * @param {Float32Array} one channel's shares of its highest level
 * @param {Float32Array} other
 */
function speakByTurns(one, other) {
  let [active, oneAlone, otherAlone] = [0, 0, 0];
  one.forEach((level, n) => {
    const isActive = Math.max(level, other[n]) > ACTIVE_SHARE;
    active += Number(isActive);
    oneAlone += Number(isActive && level > ALONE_RATIO * other[n]);
    otherAlone += Number(isActive && other[n] > ALONE_RATIO * level);
  });
  return Math.min(oneAlone, otherAlone) >= Math.max(ALONE_BLOCKS, ALONE_SHARE * active);
}

/**
 * @param {Float32Array} samples
 * @param {number} sampleRateHz
 */
function levelsOf(samples, sampleRateHz) {
  const size = Math.max(1, Math.floor(sampleRateHz / BLOCKS_PER_S));
  return Float32Array.from({ length: Math.ceil(samples.length / size) }, (_, n) => {
    const block = samples.subarray(n * size, (n + 1) * size);
    return Math.sqrt(energyOf(block) / block.length);
  });
}
