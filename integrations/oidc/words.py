"""What the provider's own two pages say, in the languages that they speak."""

from __future__ import annotations

from werkzeug.datastructures import LanguageAccept

WORDS = {
    "en": {
        "title": "One more step",
        "asks": "{client} asks whether it is you, {speaker}.",
        "loading": "The voice check is loading. If it does not come, take another way.",
        "failure": "That did not work. Try again, or take another way.",
        "another_way": "Another way",
        "over": "This step is over",
        "why_over": "It was done, took longer than ten minutes, or began in another browser. "
        "Go back to where you signed in, and begin again.",
    },
    "de": {
        "title": "Noch ein Schritt",
        "asks": "{client} fragt, ob Sie es sind, {speaker}.",
        "loading": "Die Stimmprüfung lädt. Kommt sie nicht, nehmen Sie einen anderen Weg.",
        "failure": "Das hat nicht geklappt. Noch einmal, oder auf einem anderen Weg.",
        "another_way": "Ein anderer Weg",
        "over": "Dieser Schritt ist vorbei",
        "why_over": "Er war getan, hat länger als zehn Minuten gedauert oder in einem anderen "
        "Browser begonnen. Gehen Sie dorthin zurück, wo Sie sich angemeldet haben, und beginnen "
        "Sie von vorn.",
    },
}


def words_for(accepted: LanguageAccept) -> dict[str, str]:
    """Return the words in the language that a browser likes best, with its `lang`; else English."""
    lang = accepted.best_match(list(WORDS), "en")
    return {"lang": lang, **WORDS[lang]}
