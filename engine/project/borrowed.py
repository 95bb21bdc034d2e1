"""What people call things who come from other tools, from programming, or write in Russian.

Law: a word means something only where our word for it is known. `MEANS` holds words that mean just the same, so that
one may be put in place of the other; where more has to be changed, `TOLD` says what to write.
"""

from __future__ import annotations

from collections.abc import Container

MEANS = {
    # verbs
    "say": "text message msg send print reply respond utter send_message speak сказать скажи написать сообщение текст",
    "confirm": "summary review подтвердить подтверждение",
    "llm": "ai gpt chatgpt openai model ии нейросеть модель",
    "set": "assign let var variable variables установить задать присвоить переменная",
    "switch": "match выбрать",
    "goto": "go go_to jump jump_to redirect перейти переход",
    "run": "call include import subflow запустить вызвать",
    "find": "query search load fetch lookup найти искать",
    "save": "store insert create add record сохранить записать",
    "update": "edit modify patch изменить обновить",
    "notify": "email mail alert уведомить сообщить",
    "end": "stop exit finish quit break return конец стоп завершить",
    # keys of steps
    "if": "when condition если условие",
    "then": "steps do то тогда",
    "else": "otherwise default иначе",
    "cases": "case options branches варианты случаи",
    "do": "steps then actions body делать шаги",
    "in": "list items of over from collection table в список",
    "question": "text prompt message title label вопрос текст",
    "answer": "type kind input expects ответ тип",
    "choices": "options variants buttons answers values items enum варианты кнопки выбор ответы",
    "label": "text title caption name надпись название текст",
    "value": "id значение",
    "skip": "optional skippable nullable пропустить необязательно",
    "pattern": "regex regexp re validation validate шаблон маска",
    "if_wrong": "error error_message error_text on_error invalid ошибка",
    "tries": "retries attempts max_tries max_attempts попытки",
    "min": "minimum min_value gte минимум мин",
    "max": "maximum max_value lte максимум макс",
    "min_length": "minlength min_len",
    "max_length": "maxlength max_len",
    "formats": "extensions file_types форматы",
    "photo": "image img picture pic фото картинка",
    "document": "file attachment pdf файл документ",
    "voice": "audio sound голос голосовое аудио",
    "video": "видео",
    "url": "link href site website ссылка адрес сайт",
    "buttons": "links кнопки",
    "prompt": "template промпт",
    "with": "args arguments params parameters inputs variables параметры",
    "if_fails": "fallback on_error on_fail default error",
    "as": "save_as into result variable output как",
    "fields": "values data columns properties attributes поля данные",
    "once_per": "unique unique_by",
    "where": "filter filters match query где фильтр",
    "order": "sort sort_by order_by сортировка",
    "limit": "count top количество",
    "lines": "fields items rows строки",
    "subject": "title тема",
    "text": "message body content question string str текст строка слово сообщение вопрос",
    # keys of a scenario and of a prompt's head
    "scenario": "id name flow сценарий имя",
    "format": "version версия формат",
    "starts_on": "trigger triggers command commands start on start_on intents команда команды",
    "steps": "flow states nodes dialog body actions шаги",
    "inputs": "args arguments params parameters параметры",
    "result": "returns return output результат",
    "title": "name label название заголовок",
    "description": "about doc comment описание",
    "returns": "output schema response_format result",
    "max_tokens": "maxtokens max_output_tokens",
    # types of answers, of fields, of what a prompt returns
    "integer": "int long целое rating duration",
    "number": "float double decimal real numeric money price currency число дробное сумма",
    "yes_no": "bool boolean да_нет да/нет yes/no yesno",
    "boolean": "bool yes_no yes/no",
    "choice": "select enum radio option выбор вариант",
    "date": "day дата",
    "time": "clock время",
    "datetime": "timestamp date_time",
    "duration": "period interval timedelta длительность срок",
    "email": "mail e-mail почта",
    "phone": "tel telephone mobile телефон номер",
    "contact": "контакт",
    "location": "geo place position геолокация место",
    "name": "fullname full_name person_name nickname имя фио",
    "rating": "stars score оценка рейтинг",
    "file": "photo voice document video audio image",
    "any": "map object dict json location",
    # comparisons
    "above": "gt after greater more more_than > $gt",
    "below": "lt before less less_than < $lt",
    "from": "gte since >= $gte min",
    "to": "lte until till <= $lte max",
    "not": "ne neq != $ne",
    "contains": "like includes has ilike regex",
    # filters, which elsewhere are functions or called otherwise
    "length": "len size strlen",
    "string": "str text",
    "int": "integer parseint",
    "float": "number decimal",
    "sort": "sorted",
    "upper": "uppercase",
    "lower": "lowercase",
    "trim": "strip",
    "date_time": "datetime strftime",
}
MEANS["choices"] += " multiselect multiple checkbox checkboxes"
MEANS["list"] = "array choices список"

TRUTH = {**dict.fromkeys(("yes", "on", "да", "true"), "true"), **dict.fromkeys(("no", "off", "нет", "false"), "false")}
_ASK = "A question begins with its name: `- ask: name`, and under it `question: …`."
_REQUIRED = "Every question has to be answered; `skip: true` lets people pass one over."
_AGAIN = "Give a step above a `name`, and lead back to it: `- if: …`, under it `then: [goto: name]`."
_EACH = "For every item of a list: `- each: item`, under it `in: list` and `do:` with the steps."
_FILE = "A file goes with a text: `- say: …`, and under it `photo: …`, `document: …` or the like."
_CHOICES = "What to choose from belongs to a question: `- ask: name`, with `question: …` and `choices: …`."
_OF_IF = "It belongs to the `if` step: without a dash, in the column of the word `if`."
_LATER = "Nothing can be said at a later time yet: this version has no timers."
_SERVERS = "This version cannot ask other servers yet."
_TALK = "This version cannot leave a talk to the model yet; `llm` gives one reply."
_VERB = "A step begins with its verb: `- say: …`, `- ask: name`, `- if: …`."
_OF_HEADS = "temperature max_tokens timeout returns images audio"
_FILES = "image picture file photo video document voice фото картинка файл видео голос"
_TIMERS = "wait remind schedule silence sleep delay pause timer timeout cron ждать подождать напомнить"

TOLD: dict[str, list[tuple[str, str]]] = {}
for _ours, _words, _sentence in (
    # where a verb is wanted, and so `notify` is known
    ("notify", "question вопрос спросить спроси input", _ASK),
    ("notify", "else then иначе тогда", _OF_IF),
    ("notify", "while until repeat loop повторить", _AGAIN),
    ("notify", "for foreach for_each для каждый", _EACH),
    ("notify", _FILES, _FILE),
    ("notify", "buttons choices options menu кнопки меню", _CHOICES),
    ("notify", _TIMERS, _LATER),
    ("notify", "http request webhook api", _SERVERS),
    ("notify", "converse", _TALK),
    ("notify", "action type uses service intent state node step", _VERB),
    # keys; what belongs to `ask` alone first
    ("question", "id key step variable save_as", "What is remembered is named at the verb: `ask: name`."),
    ("question", "range", "Write `min: …` and `max: …`."),
    ("buttons", "choices options variants quick_replies menu keyboard кнопки", _CHOICES),
    ("photo", "id key step", "A step's name is `name: …`."),
    ("photo", "next next_step then", "Steps follow one another; elsewhere leads a step of its own: `- goto: name`."),
    ("photo", "when condition", "What is said only sometimes stands under `then:` of an `- if: …`."),
    ("photo", "parse_mode", "Texts are Markdown anyway: take it out."),
    ("photo", _TIMERS, _LATER),
    *(("if_fails", word, f"It stands in the head of the prompt's file: `{word}: …`.") for word in _OF_HEADS.split()),
    ("if", "elif else_if elseif elsif", "Write `else:`, and an `if` step under it."),
    ("skip", "required mandatory обязательно", _REQUIRED),
    ("if_fails", "model", "The model is named in the head of the prompt's file: `model: …`."),
    # names in expressions
    ("person", "name", "A person's name in Telegram is `person.name`."),
    ("person", "user", "Who is talking is `person`: `person.name`."),
    ("person", "null nil undefined", "Write `none`."),
    ("person", "env environ os config secrets", "A variable of `.env` is `settings.NAME`."),
    ("person", "loop", "`loop` is there inside of a `{% for %}` only."),
    ("person", "item row", "`item` is there beside a `from:` of `choices`; in an `each` the name stands at `each:`."),
    ("person", "time", "The time of day is `now | time`."),
    ("person", "date", "Today is `today`."),
    ("person", "days_between date_diff datediff", "The days between are `days_until(last) - days_until(first)`."),
    # filters and tests, comparisons
    ("plural", "split", "A list of its parts is `text.split(', ')`."),
    ("plural", "random shuffle sample", "A row by chance is `rows[(random() * (rows | length)) | int]`."),
    ("mapping", "null nil", "Write `none`."),
    ("mapping", "empty blank", "Nothing in it is `not x`, something `x`: `if not x`."),
    ("mapping", "exists set present", "Write just the name: `if x`; or `is not none`."),
    (
        "mapping",
        "contains match search",
        "That it holds a word is `'word' in x`; of rows it is asked at `choices`: `if: word in item.tags`.",
    ),
    *(("person", word, f"Write `{truth}`.") for word, truth in TRUTH.items()),
):
    for _word in _words.split():
        TOLD.setdefault(_word, []).append((_ours, _sentence))
_OURS: dict[str, list[str]] = {}
for _ours, _theirs in MEANS.items():
    for _word in _theirs.split():
        _OURS.setdefault(_word, []).append(_ours)


def means(word: str, known: Container[str]) -> str | None:
    """The one of the known words that `word`, in small letters, is just another word for."""
    return next((ours for ours in _OURS.get(word, ()) if ours in known), None)


def told(word: str, known: Container[str]) -> str:
    """What to write for `word`, in small letters, among the known words; empty when there is nothing to say."""
    if word.startswith(("//", "/*", "--", "<!")):
        return "A comment begins with `#`."
    first, _, rest = word.partition(" ")
    if rest and first in known and "notify" in known:
        return f"Write `- {first}: {rest}`."
    return next((sentence for ours, sentence in TOLD.get(word.replace(" ", "_"), ()) if ours in known), "")
