/** What stays on this device: the language and the colours that the person chose. */
import { loaded } from "../errors.js";
import { showFailure } from "./alerts.js";
import { find } from "./elements.js";
import { choose, currentLanguage, label, speak } from "./i18n.js";

const LANGUAGE_KEY = "language";
const list = find("#language", HTMLSelectElement);

/** Resolves when the page is written in the person's language. */
export async function offerLanguages() {
  list.value = choose([localStorage.getItem(LANGUAGE_KEY) ?? "", ...navigator.languages]);
  await speak(list.value);
  find("#loading").remove(); // there are words for everything else
  list.addEventListener("change", () => {
    loaded(speak(list.value)).then(
      () => localStorage.setItem(LANGUAGE_KEY, list.value),
      (error) => {
        list.value = currentLanguage(); // the page goes on in it
        showFailure(error);
      },
    );
  });
}

const THEMES = ["auto", "light", "dark"];
const THEME_KEY = "theme";
const button = find("#theme");

/** @param {string} theme of THEMES */
function show(theme) {
  if (theme === "auto") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
  find("use", SVGUseElement, button).setAttribute("href", `#icon-${theme}`);
  label(button, `theme.${theme}`);
}

export function offerThemes() {
  let index = Math.max(0, THEMES.indexOf(localStorage.getItem(THEME_KEY) ?? ""));
  show(THEMES[index]);
  button.addEventListener("click", () => {
    index = (index + 1) % THEMES.length;
    show(THEMES[index]);
    if (THEMES[index] === "auto") {
      localStorage.removeItem(THEME_KEY);
    } else {
      localStorage.setItem(THEME_KEY, THEMES[index]);
    }
  });
}
