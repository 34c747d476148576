/** What the service accepts as names. */

const SPEAKER_NAME = /^[^/\uFFFD\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,64}$/u; // as cepstra/verification/names.py has it
const TENANT_BEFORE = /^[a-z0-9][a-z0-9-]{0,31}\//; // as cepstra/store/tenancy.py has it
const LABEL = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/;

/**
 * Whether the service accepts `name` as a speaker: 1..64 characters, no control characters, no slash and no
 * space at the ends.
 * @param {string} name
 */
export function isSpeakerName(name) {
  const text = name.normalize("NFC");
  return SPEAKER_NAME.test(text) && text === text.trim() && text !== "." && text !== "..";
}

/**
 * Whether the service accepts `name` as an account's: a speaker's, or TENANT/NAME of a tenant's.
 * @param {string} name
 */
export function isAccountName(name) {
  return isSpeakerName(name.replace(TENANT_BEFORE, ""));
}

/**
 * Whether the service accepts `name` as a device: 1..64 letters (a to z), digits, dots, underscores and hyphens.
 * @param {string} name
 */
export function isDeviceName(name) {
  return LABEL.test(name);
}
