/**
 * Copies the third-party files that the pages load into static/vendor/, from the packages npm installed.
 * Runs after every `npm install` and `npm ci`; nothing is fetched from the network by a page.
 */
import { copyFileSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const vendor = join(root, "static", "vendor");

const files = [
  "@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2",
  "meyda/dist/web/meyda.min.js",
  "swagger-ui-dist/swagger-ui.css",
  "swagger-ui-dist/swagger-ui-bundle.js",
];

mkdirSync(vendor, { recursive: true });
for (const file of files) {
  copyFileSync(join(root, "node_modules", file), join(vendor, basename(file)));
}
