"""The commands that work everywhere without being written: cancel, back, help, restart, language, forget_me.

Their words stand in `engine/words/`, and an author's `catalog/words.yaml` changes them: `command_cancel` are the
commands, `cancel_words` the texts.
"""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter

from engine.core.effects import ForgetPerson, SendMessage
from engine.core.ground import Ground
from engine.core.house import House
from engine.core.markdown import escape
from engine.core.meaning import IDLE, phrases, without
from engine.core.rewalk import answered_before
from engine.core.session import Session
from engine.core.triggers import folded

BUILTIN = ("cancel", "back", "help", "restart", "language", "forget_me")
WAYS_OUT = ("cancel", "back", "restart")  # idle words around these change nothing
LONGEST = 40  # characters of such a text
WORDS = itemgetter(*(f"{name}_words" for name in BUILTIN))


@lru_cache(maxsize=32)
def _texts(sentences: tuple[str, ...]) -> dict[str, str]:
    """Each word, as it is compared, with the built-in that it calls; made once for a language's sentences."""
    found = (
        (folded(word), name)
        for name, words in reversed(list(zip(BUILTIN, sentences, strict=True)))
        for word in words.split(",")
    )
    return {word: name for word, name in found if word}


def builtin_of(ground: Ground, text: str) -> str | None:
    """Which built-in a whole text calls; none that changes nothing in a bot of one language."""
    known, said = _texts(WORDS(ground.words)), folded(text)
    found = known.get(said)
    if found is None and len(said) <= LONGEST:  # «можно назад?», «стоп, пожалуйста»
        bare = known.get(without(said.replace(",", ""), phrases(ground.word(IDLE))))
        found = bare if bare in WAYS_OUT else None
    return None if found == "language" and len(ground.project.languages) < 2 else found


class Builtin:
    def __init__(self, house: House) -> None:
        self.house = house
        self.ground = house.ground

    def of_command(self, command: str) -> str | None:
        """Which built-in a command is: by its own name, or by a name that the author gave it."""
        if command in BUILTIN:
            return command
        for name in BUILTIN:
            if command in {one.strip().lstrip("/") for one in self.ground.word(f"command_{name}").split(",")}:
                return name
        return None

    def of_text(self, text: str) -> str | None:
        return builtin_of(self.ground, text)

    def run(self, name: str, payload: str) -> None:
        self.ground.session.offer = None
        getattr(self, name if name != "help" else "help_")(payload)

    def cancel(self, payload: str) -> None:
        session = self.ground.session
        conversation, session.active, session.last = session.active, None, None
        if conversation is None:
            self.house.tell("nothing_to_cancel")
            return
        self.ground.walked("cancelled", conversation)
        self.house.tell("cancelled")
        self.house.offer_parked()

    def back(self, payload: str) -> None:
        active = self.ground.session.active
        if active is None:
            self.house.tell("nothing_to_go_back")
            return
        talk = self.house.open(active)
        if talk.back() is None:
            first = not active.rounds and not any(answered_before(active))
            self.house.tell("nothing_before" if first else "no_further_back")
            return
        self.ground.session.active = talk.conversation
        self.ground.walked("back", talk.conversation)

    def restart(self, payload: str) -> None:
        active = self.ground.session.active
        if active is None:
            self.house.tell("nothing_to_restart")
            return
        self.ground.session.active = None
        self.ground.walked("restarted", active)
        start = {name: value for name, value in active.start.items() if name != "inputs"}
        self.house.begin(active.scenario, start)

    def language(self, payload: str) -> None:
        languages = self.ground.project.languages
        wanted = payload.strip().casefold()
        for code in languages:
            if wanted and wanted in (code, self.ground.project.words.get(code, {}).get("language_name", "").casefold()):
                self.speak(code)
                return
        if len(languages) > 1:
            self.house.offers.language()
        else:
            self.house.tell("one_language")

    def speak(self, code: str) -> None:
        """From now on in this language; the question now standing is asked again in it."""
        self.ground.session.person["chosen"] = code
        self.ground.language = code
        self.ground.forget_builtins()
        self.house.tell("language_chosen")
        self.ask_again()

    def ask_again(self) -> None:
        """The question now standing, beneath what was said."""
        active = self.ground.session.active
        if active is not None and active.pending is not None and active.pending.kind == "input":
            active.shown = None
            talk = self.house.open(active)
            talk.again()
            self.house.settle(talk)

    def forget_me(self, payload: str) -> None:
        """Asks first: it cannot be taken back."""
        self.house.offers.forget()

    def forget(self) -> None:
        """Nothing of the session stays; the runtime removes the rest."""
        session, nothing = self.ground.session, Session()
        session.person, session.record, session.keyboard = nothing.person, nothing.record, nothing.keyboard
        session.active, session.parked, session.offer, session.last = None, [], None, None
        self.house.away = []
        self.ground.effects.append(ForgetPerson())
        self.house.tell("forgotten")

    def help_(self, payload: str) -> None:
        """What the bot can do: every command with its scenario's title, then what always works."""
        project, language = self.ground.project, self.ground.language
        lines = []
        for scenario in project.scenarios.values():
            command = next((one.value for one in scenario.triggers if one.kind == "command" and not one.payload), None)
            if command and scenario.title is not None and not scenario.only_admin:
                lines.append(f"/{escape(command)} — {escape(scenario.title.plain(language))}")
        always = [
            f"/{name} — {self.ground.word(f'about_{name}')}"
            for name in BUILTIN
            if name != "language" or len(project.languages) > 1
        ]
        text = "\n".join([self.ground.word("help_head"), *lines, "", self.ground.word("help_always"), *always])
        self.ground.effects.append(SendMessage(text))
        self.ask_again()
