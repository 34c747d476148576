/** Seals something with a passphrase, in the browser's own cryptography; needs a secure context. */
import { CepstraError } from "../errors.js";

/**
 * What can be kept anywhere.
 * @typedef {object} Sealed
 * @property {number} iterations of PBKDF2 with SHA-256
 * @property {Uint8Array<ArrayBuffer>} salt
 * @property {Uint8Array<ArrayBuffer>} nonce of AES-GCM
 * @property {ArrayBuffer} content
 */

const ITERATIONS = 600_000; // OWASP Password Storage Cheat Sheet, 2023: some 0.3 s, and as long for each guess
const SALT_BYTES = 16;
const NONCE_BYTES = 12;

/**
 * @param {string} passphrase
 * @param {unknown} value anything that JSON can hold
 * @param {string} label of what is sealed: what was sealed with one does not open as another
 * @returns {Promise<Sealed>}
 */
export async function seal(passphrase, value, label) {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const key = await keyOf(passphrase, salt, ITERATIONS);
  const text = new TextEncoder().encode(JSON.stringify(value));
  const content = await crypto.subtle.encrypt(algorithm(nonce, label), key, text);
  return { iterations: ITERATIONS, salt, nonce, content };
}

/**
 * Rejects with the CepstraError "wrong-passphrase".
 * @param {string} passphrase
 * @param {Sealed} sealed
 * @param {string} label
 * @returns {Promise<any>}
 */
export async function unseal(passphrase, { iterations, salt, nonce, content }, label) {
  const key = await keyOf(passphrase, salt, iterations);
  try {
    const text = await crypto.subtle.decrypt(algorithm(nonce, label), key, content);
    return JSON.parse(new TextDecoder().decode(text));
  } catch (cause) {
    throw new CepstraError("wrong-passphrase", { cause });
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} nonce
 * @param {string} label
 */
function algorithm(nonce, label) {
  return { name: "AES-GCM", iv: nonce, additionalData: new TextEncoder().encode(label) };
}

/**
 * @param {string} passphrase
 * @param {Uint8Array<ArrayBuffer>} salt
 * @param {number} iterations
 */
async function keyOf(passphrase, salt, iterations) {
  const secret = new TextEncoder().encode(passphrase.normalize("NFC"));
  const material = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}
