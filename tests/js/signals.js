/** Signals that tests are made of: tones, seeded noise, bursts. Samples are Float32Array in [-1, 1]. */

/** Seeded random numbers in [0, 1) (mulberry32). */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Normal deviates, white: Box-Muller. */
export function whiteNoise(length, seed) {
  const random = randomNumbers(seed);
  return Float32Array.from(
    { length },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

/** Noise whose power falls with about 3 dB an octave: a sum of first-order filters an octave or two apart. */
export function pinkNoise(length, seed) {
  const poles = [0.9986, 0.9933, 0.969, 0.8665, 0.55];
  const gains = [0.05, 0.075, 0.15, 0.31, 0.53];
  const states = poles.map(() => 0);
  return whiteNoise(length, seed).map((white) => {
    let sum = 0.5 * white;
    for (let k = 0; k < poles.length; k += 1) {
      states[k] = poles[k] * states[k] + gains[k] * white;
      sum += states[k];
    }
    return sum;
  });
}

export function tone(frequencyHz, rateHz, length, amplitude = 0.5) {
  return Float32Array.from({ length }, (_, n) => amplitude * Math.sin((2 * Math.PI * frequencyHz * n) / rateHz));
}

/** Root mean square of samples[start..end). */
export function rms(samples, start = 0, end = samples.length) {
  let sum = 0;
  for (let n = start; n < end; n += 1) {
    sum += samples[n] * samples[n];
  }
  return Math.sqrt(sum / (end - start));
}

/** Joins arrays of samples into one. */
export function join(parts) {
  const joined = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Cuts samples into blocks whose lengths are drawn from 1..longest. */
export function randomBlocks(samples, longest, seed) {
  const random = randomNumbers(seed);
  const blocks = [];
  for (let at = 0; at < samples.length; ) {
    const length = 1 + Math.floor(random() * longest);
    blocks.push(samples.slice(at, at + length));
    at += length;
  }
  return blocks;
}

/** A voiced sound: harmonics of `pitchHz` with gently changing strength, the same function of time at any rate. */
export function voicedSound(pitchHz, rateHz, length, highestHz = 7000) {
  const samples = new Float32Array(length);
  for (let k = 1; k * pitchHz < highestHz; k += 1) {
    for (let n = 0; n < length; n += 1) {
      const time = n / rateHz;
      const strength = (0.2 / k) * (1 + 0.8 * Math.sin(2 * Math.PI * (1.5 + 0.3 * k) * time + k));
      samples[n] += strength * Math.sin(2 * Math.PI * k * pitchHz * time + k * k);
    }
  }
  return samples;
}
