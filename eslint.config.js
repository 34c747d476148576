import js from "@eslint/js";
import globals from "globals";

const size = {
  "max-lines": ["error", 400],
  "max-lines-per-function": ["error", { max: 40, skipBlankLines: true, skipComments: true }],
  "max-params": ["error", 6],
  complexity: ["error", 10],
};

const habits = {
  curly: "error",
  eqeqeq: "error",
  "no-console": "error",
  "no-implicit-globals": "error",
  "no-param-reassign": "error",
  "no-restricted-syntax": [
    "error",
    { selector: "AssignmentExpression[left.property.name='innerHTML']", message: "Use textContent or elements." },
  ],
  "no-shadow": "error",
  "no-unused-vars": ["error", { args: "after-used", argsIgnorePattern: "^_" }],
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": "error",
  "prefer-template": "error",
};

// The steps from samples to messages run anywhere: in a page, a worker or Node.
const names = "URL AbortController AbortSignal EventTarget CustomEvent fetch setTimeout clearTimeout setInterval clearInterval crypto TextDecoder TextEncoder Blob CompressionStream Response";
const anywhere = Object.fromEntries(names.split(" ").map((name) => [name, "readonly"]));

export default [
  { ignores: ["node_modules/", "static/vendor/", ".venv/", "build/", "data/"] },
  js.configs.recommended,
  { rules: { ...size, ...habits } },
  { files: ["static/js/**/*.js"], languageOptions: { globals: anywhere } },
  { files: ["static/js/main.js", "static/js/doc.js", "static/js/operators.js", "static/js/operators/*.js", "static/js/cepstra-verify.js", "static/js/ui/**/*.js", "integrations/oidc/static/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["static/js/files/*.js"], languageOptions: { globals: { OfflineAudioContext: "readonly", Worker: "readonly" } } },
  { files: ["static/js/files/recording-worker.js"], languageOptions: { globals: globals.worker } },
  { files: ["static/js/capture-worklet.js"], languageOptions: { globals: globals.audioWorklet } },
  { files: ["tests/browser/*.js"], languageOptions: { globals: globals.browser } },
  {
    files: ["tests/js/**/*.{js,mjs}", "scripts/**/*.js", "benchmarks/*.mjs", "eslint.config.js"],
    languageOptions: { globals: globals.node },
    rules: { "max-lines-per-function": "off", "no-console": "off" },
  },
];
