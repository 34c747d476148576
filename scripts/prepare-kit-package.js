/** Adds to static/js what its npm package has and the checkout has not: types and the licence. */
import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const kit = join(root, "static", "js");
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

rmSync(join(kit, "types"), { recursive: true, force: true }); // those of modules that are no more
execFileSync(process.execPath, [tsc, "--project", join(kit, "tsconfig.json")], { stdio: "inherit" });
copyFileSync(join(kit, "service.d.ts"), join(kit, "types", "service.d.ts")); // tsc reads it and leaves it where it is
copyFileSync(join(root, "LICENSE"), join(kit, "LICENSE"));
