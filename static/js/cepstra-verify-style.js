/** How <cepstra-verify> looks; every --cepstra-* can be set from outside. */
export const STYLE = `
:host {
  --_accent: var(--cepstra-accent, #1d5fd1);
  --_on-accent: var(--cepstra-on-accent, #ffffff);
  --_text: var(--cepstra-text, #1a1d21);
  --_quiet: var(--cepstra-quiet, #565d66);
  --_surface: var(--cepstra-surface, #ffffff);
  --_line: var(--cepstra-line, #c6ccd4);
  --_good: var(--cepstra-good, #17713a);
  --_bad: var(--cepstra-bad, #b3261e);
  display: block;
  max-width: 24rem;
  font: 1rem/1.4 var(--cepstra-font, system-ui, sans-serif);
  color: var(--_text);
}
:host([hidden]) { display: none; }
@media (prefers-color-scheme: dark) {
  :host {
    --_accent: var(--cepstra-accent, #8ab4f8);
    --_on-accent: var(--cepstra-on-accent, #10182a);
    --_text: var(--cepstra-text, #e8eaed);
    --_quiet: var(--cepstra-quiet, #a9b0ba);
    --_surface: var(--cepstra-surface, #1d2126);
    --_line: var(--cepstra-line, #454c55);
    --_good: var(--cepstra-good, #7bd197);
    --_bad: var(--cepstra-bad, #f2b8b5);
  }
}
section {
  display: grid;
  gap: 0.75rem;
  padding: 1rem;
  border: 1px solid var(--_line);
  border-radius: 0.75rem;
  background: var(--_surface);
  text-align: center;
}
p { margin: 0; }
output {
  min-height: 4rem;
  font-size: 3.5rem;
  font-weight: 700;
  line-height: 4rem;
  font-variant-numeric: tabular-nums;
}
output[data-outcome="accept"] { color: var(--_good); }
output[data-outcome="reject"], output[data-outcome="inconclusive"], output[data-outcome="error"] { color: var(--_bad); }
meter { width: 100%; height: 0.5rem; }
[part="hint"] { min-height: 1.4em; color: var(--_quiet); }
button {
  min-height: 2.75rem;
  padding: 0 1.25rem;
  border: 0;
  border-radius: 0.5rem;
  background: var(--_accent);
  color: var(--_on-accent);
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}
button:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
`;
