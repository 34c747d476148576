/** The npm package's second entry: defines <cepstra-verify>, with Meyda from npm. */
import "./npm.js";

export { CepstraVerify, STRINGS } from "./cepstra-verify.js";
