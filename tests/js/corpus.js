/** Real recordings for tests: the takes of the dev speakers, decoded by Python, which reads FLAC. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const shared = process.env.CEPSTRA_SHARED ?? join(root, "..", "shared");
export const corpora = join(shared, "corpora");
const dev = join(corpora, "speech_commands", "dev");
const python = [join(root, ".venv", "bin", "python"), join(root, ".venv", "Scripts", "python.exe")].find(existsSync);

/** Why there are no recordings, or null when there are. */
export function whyNoCorpus() {
  if (!existsSync(dev)) {
    return `NO CORPORA: ${dev} is not there, so no real recordings were tested`;
  }
  return python ? null : "NO PYTHON: .venv is missing (make setup), so no real recordings were tested";
}

export function devSpeakers() {
  return readdirSync(dev).sort();
}

/** All takes of one speaker as Float32Array at 16 kHz, in the order of their names. */
export function devTakes(speaker) {
  return decoded(devFiles(speaker));
}

/** The takes of several speakers; Python is started once. */
export function devTakesOfAll(speakers) {
  const files = speakers.map(devFiles);
  const takes = decoded(files.flat());
  return files.map((own) => takes.splice(0, own.length));
}

function devFiles(speaker) {
  return readdirSync(join(dev, speaker)).sort().map((name) => join(dev, speaker, name));
}

/** Recordings at 16 kHz as Float32Array. */
export function decoded(files) {
  const decoder = fileURLToPath(new URL("./decode_corpus.py", import.meta.url));
  const bytes = execFileSync(python, [decoder, ...files], { maxBuffer: 2 ** 29 });
  const takes = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + 4 * bytes.readUInt32LE(at);
    takes.push(new Float32Array(new Uint8Array(bytes.subarray(at + 4, end)).buffer));
    at = end;
  }
  return takes;
}
