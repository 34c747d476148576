/** The list of languages; without a choice the browser's is taken. */
import { find } from "./elements.js";
import { choose, speak } from "./words.js";

const KEY = "language";
const list = find("#language", HTMLSelectElement);

/** Resolves when the page is written in the person's language. */
export async function offerLanguages() {
  list.value = choose([localStorage.getItem(KEY) ?? "", ...navigator.languages]);
  await speak(list.value);
  list.addEventListener("change", () => {
    localStorage.setItem(KEY, list.value);
    speak(list.value);
  });
}
