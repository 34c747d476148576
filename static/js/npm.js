/** The npm package's entry: the kit with Meyda from npm. */
import Meyda from "meyda";
import { provideMeyda } from "./meyda-library.js";

// Node hands out the module, bundlers its default export.
const { default: library = Meyda } = /** @type {{default?: import("./features.js").Meyda}} */ (Meyda);
provideMeyda(library);

export * from "./cepstra.js";
