"""In which language, theme and time zone a page is drawn: the person's choice, else a safe default."""

from datetime import tzinfo

from flask import Flask, Response, g, request
from flask_babel import Babel, get_locale

from web.session import now, someone, zone

CHINESE, ENGLISH = "zh_Hans_CN", "en"
LANGUAGES = {CHINESE: "zh-Hans-CN", ENGLISH: "en"}
# What `?lang=` and the cookie may say.
SHORT = {"zh": CHINESE, "en": ENGLISH}
COOKIE = "gongdao_lang"
# Staff work in Chinese whatever their browser was set up in; of a customer nothing else is known.
FOR_CUSTOMERS = "survey_public"
YEAR = 365 * 24 * 3600
DAY_BEGINS, DAY_ENDS = 7, 19

babel = Babel()


def init_app(app: Flask) -> None:
    app.config.setdefault("BABEL_DEFAULT_LOCALE", CHINESE)
    babel.init_app(app, locale_selector=locale, timezone_selector=_zone)
    app.after_request(_remember_asked)


def locale() -> str:
    """The person's own language; before log-in the one asked for on this device; a customer's that of their phone."""
    if (person := someone()) is not None:
        return person.language
    asked = request.args.get("lang", "") or request.cookies.get(COOKIE, "")
    return SHORT.get(asked) or (_of_the_phone() if request.blueprint == FOR_CUSTOMERS else CHINESE)


def _of_the_phone() -> str:
    return SHORT[request.accept_languages.best_match(SHORT, "zh")]


def is_chinese() -> bool:
    return str(get_locale()).startswith("zh")


def told(zh: str, en: str | None) -> str:
    """What the product has worded, in the reader's language; people's own words have no `en` and stay as they are."""
    return zh if is_chinese() else en or zh


def html_language() -> str:
    return LANGUAGES[CHINESE if is_chinese() else ENGLISH]


def theme() -> str:
    """`light` or `dark`; who chose to follow the time reads dark pages from dusk on."""
    person = someone()
    chosen = person.theme if person is not None else "light"
    if chosen == "time":
        return "light" if DAY_BEGINS <= now().astimezone(zone()).hour < DAY_ENDS else "dark"
    return chosen


def _zone() -> tzinfo:
    return zone()


def _remember_asked(response: Response) -> Response:
    asked = request.args.get("lang", "")
    return remember(response, SHORT[asked]) if asked in SHORT and g.get("person_id") is None else response


def remember(response: Response, language: str) -> Response:
    """Keeps the language on this device, for the page on which nobody has logged in yet."""
    short = next(short for short, known in SHORT.items() if known == language)
    response.set_cookie(COOKIE, short, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
    return response
