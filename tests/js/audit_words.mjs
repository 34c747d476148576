// Prints which of the audit log's reasons and callers on its standard input, a JSON list, have no German words.
import { readFileSync } from "node:fs";
import { callerWords, reasonWords } from "../../static/js/operators/audit-words.js";
import de from "../../static/js/strings/de.js";
import { addWords } from "../../static/js/ui/i18n.js";
import { OPERATORS_WORDS } from "../../static/js/ui/operators-words.js";

addWords({ en: { ...de, ...OPERATORS_WORDS.de } }); // in place of English, which is spoken before a page chooses
const terms = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(terms.filter((term) => reasonWords(term) === term && callerWords(term) === term)));
