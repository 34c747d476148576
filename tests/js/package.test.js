/** The npm package as its users get it: packed, installed into an empty folder, imported and type-checked. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const kit = join(root, "static", "js");
const folder = mkdtempSync(join(tmpdir(), "cepstra-package-"));
let packed;

function run(program, args, cwd = folder) {
  return execFileSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

before(() => {
  const [described] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", folder], kit));
  packed = described.files.map(({ path }) => path);
  writeFileSync(join(folder, "package.json"), '{"private": true, "type": "module"}');
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  run("npm", ["install", ...quiet, join(folder, described.filename)]);
});

after(() => rmSync(folder, { recursive: true }));

/** The modules and files that a module of the kit refers to, and those that they refer to. */
function reachable(file, found = new Set()) {
  if (!found.has(file)) {
    found.add(file);
    const text = readFileSync(join(kit, file), "utf8");
    const references = text.matchAll(/(?:from|import|await import\(|new URL\() ?"(\.\.?\/[\w./-]+\.js(?:on)?)"/g);
    [...references].forEach(([, name]) => reachable(join(dirname(file), name), found));
  }
  return found;
}

test("the package holds what its entries need, their types, licence and readme, and nothing else", () => {
  const needed = [...reachable("npm-element.js")];
  const types = needed.filter((file) => file.endsWith(".js") && file !== "capture-worklet.js");
  const expected = [...needed, ...types.map((file) => `types/${file.replace(/js$/, "d.ts")}`)];
  const besides = ["LICENSE", "README.md", "package.json", "types/service.d.ts"];
  assert.deepEqual([...packed].sort(), [...expected, ...besides].sort());
});

test("Node imports it and computes features with Meyda from npm", () => {
  const program = `
    import { Cepstra, CepstraError, isSpeakerName } from "cepstra";
    import { createFeatureExtractor } from "cepstra/features";
    import frontend from "cepstra/frontend.json" with { type: "json" };
    import Meyda from "meyda";
    const voice = new Cepstra({ url: "http://127.0.0.1:9/voice", speaker: "ann" });
    const error = await voice.openMicrophone().catch((thrown) => thrown);
    const extract = createFeatureExtractor(Meyda.default ?? Meyda, frontend);
    const { mfcc } = extract(Float32Array.from({ length: 512 }, (_, n) => Math.sin(n / 5) / 2));
    console.log(JSON.stringify([error instanceof CepstraError, error.code, mfcc.length, isSpeakerName("a/b")]));
  `;
  writeFileSync(join(folder, "use.js"), program);
  const told = JSON.parse(run(process.execPath, ["--no-warnings", "use.js"]));
  assert.deepEqual(told, [true, "microphone-unsupported", 20, false]);
});

test("its types describe it to a strict TypeScript project", () => {
  const program = `
    import { Cepstra, CepstraError, type Take, type VerifyResult } from "cepstra";
    import { CepstraVerify } from "cepstra/element";
    const voice = new Cepstra({ url: "https://voice.example", token: "t" });
    const result: VerifyResult = await voice.verify({ digits: 3, onPrompt: ({ digit }) => digit + 1 });
    await voice.enrol({ onTake: (take: Take) => (take.verdict === "noisy" ? "retake" : undefined) });
    const assertion: string | null = result.assertion;
    const missing: number = (await voice.client.status("ann")).training_progress;
    // @ts-expect-error null where nobody is meant
    const known: string = (await voice.identify()).speaker;
    // @ts-expect-error there is no such option
    await voice.verify({ loudly: true });
    export { assertion, known, missing, CepstraError, CepstraVerify };
  `;
  writeFileSync(join(folder, "use.ts"), program);
  const options = ["--noEmit", "--strict", "--target", "es2023", "--module", "nodenext", "--types", ""];
  run(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), ...options, "use.ts"]);
});

test("page and package use the same Meyda", () => {
  const version = (file) => JSON.parse(readFileSync(join(root, file), "utf8")).dependencies.meyda;
  assert.equal(version("static/js/package.json"), version("package.json"));
});
