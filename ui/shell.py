"""The frame around every page: language, navigation, shared choices, banner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.navigation.page import Page

from i18n import LANGUAGES, Lang, Words, decimal, period_code, period_name, short_date, words_in
from queries import figures, status
from queries.figures import STATUS_CHOICES, Period
from queries.warehouse import NothingPublished, Warehouse
from ui import address, presentation, roles
from ui.cached import panel
from ui.context import ROOT, View, view, warehouse
from ui.presentation_add import add_button
from ui.screens import screen_button

FAVICON = ROOT / "static" / "favicon.png"
GROUPS = ("city", "district", "type")
SHARED = ("period", "group", "status")
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def language() -> Lang:
    """The reader's language in this run."""
    asked = address.current("lang", LANGUAGES, "vi")
    return "en" if asked == "en" else "vi"


def _language_switch(words: Words) -> None:
    address.choose(
        "lang",
        words("common.language"),
        LANGUAGES,
        lambda code: words(f"common.language_{code}"),
        segmented=True,
        label_visibility="collapsed",
    )


DARK_TAGS = "<style>[data-tag]{background-color:#8C2F42 !important}</style>"
"""White words on the dark theme's accent are too faint: what was chosen in a list stands on a darker red."""

CARDS = (ROOT / "static" / "cards.css").read_text(encoding="utf-8")


def _mend_the_document(lang: Lang, dark: bool) -> None:
    """Streamlit writes <html lang="en">; screen readers need the language that is really on the page. And the cards' rules."""
    script = f"<script>document.documentElement.lang='{lang}'</script>"
    ground = st.get_option(f"theme.{'dark' if dark else 'light'}.backgroundColor")
    cards = f"<style>:root {{ --c-ground: {ground} }}\n{CARDS}</style>"
    st.html(cards + (DARK_TAGS if dark else "") + script, unsafe_allow_javascript=True)


def _choices(found: Warehouse, words: Words, used: Collection[str]) -> View:
    """The shared choices, drawn where the page uses them and remembered where it does not."""
    by_code: dict[str, Period] = {period_code(p.start, p.end): p for p in figures.periods(found)}

    def chosen(name: str, options: tuple[str, ...], label_of: Callable[[str], str]) -> str:
        if name in used:
            return address.choose(name, words(f"common.{name}"), options, label_of, width=220)
        return address.current(name, options, options[0])

    with st.container(horizontal=True, vertical_alignment="bottom"):
        period = None
        if by_code:
            names = {code: period_name(p.start, p.end, words.lang) for code, p in by_code.items()}
            period = by_code[chosen("period", tuple(by_code), names.__getitem__)]
        group = chosen("group", GROUPS, lambda g: words(f"common.group_{g}"))
        chosen_status = chosen("status", tuple(STATUS_CHOICES), lambda s: words(f"common.status_{s}"))
    return View(
        build_id=found.build_id,
        lang=words.lang,
        dark=st.context.theme.type == "dark",
        period_start=period.start if period else None,
        period_end=period.end if period else None,
        group=group,
        status=chosen_status,
    )


def _age(built_at: dt.datetime, words: Words) -> str:
    minutes = int((dt.datetime.now(dt.UTC) - built_at).total_seconds() // 60)
    if minutes < 2:
        return words("common.just_now")
    if minutes < 120:
        return words("common.minutes_ago", n=minutes)
    if minutes < 48 * 60:
        return words("common.hours_ago", n=minutes // 60)
    return words("common.days_ago", n=minutes // (24 * 60))


@panel
def _warnings(view: View, _found: Warehouse) -> None:
    words = view.words
    if view.period_end is None:
        return
    kinds = status.statuses_by_table(_found, view.period_end)

    def tables(kind: str) -> str:
        return ", ".join(words(f"common.table_{table}") for table, k in sorted(kinds.items()) if kind in k)

    if "illustrative" in view.statuses and tables("illustrative"):
        text = words("common.banner_illustrative", period=view.period, tables=tables("illustrative"))
        st.warning(text, icon=":material/science:")
    if tables("reported"):
        text = words("common.banner_mixed", period=view.period, tables=tables("reported"))
        st.info(text, icon=":material/description:")


def _say_what_the_address_got_wrong(words: Words) -> None:
    for name, value in address.rejected().items():
        label = words(f"common.{name}") if words.has(f"common.{name}") else name
        st.warning(words("common.bad_address", name=label, value=value[:40]), icon=":material/link_off:")


def _build_line(found: Warehouse, current: View) -> None:
    words = current.words
    build = status.build_summary(found)
    local = found.built_at.astimezone(HANOI)
    when = words("common.at_time", time=f"{local:%H:%M}", day=short_date(local.date(), words.lang))
    st.caption(
        words(
            "common.banner_build",
            build=build["build_id"],
            when=f"{when} ({_age(found.built_at, words)})",
            rows=decimal(build["rows_kept"], words.lang),
            files=decimal(build["files"], words.lang),
            rejected=decimal(build["rows_rejected"], words.lang),
        )
    )


def _top(words: Words, show: Page | None, aside: list[Page]) -> None:
    """The product's name, the pages beside the navigation, the way into the show, signing in, and the language."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**{words('common.product')}**")
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            _links(words.lang, _show=show, _aside=aside)
            _sign_in(words)
            _language_switch(words)


@panel
def _links(lang: Lang, _show: Page | None, _aside: list[Page]) -> None:
    """The ways to the pages beside the navigation and into the show; the same for all readers of a language."""
    words, query = words_in(lang), {"lang": "en"} if lang == "en" else None
    with st.popover(words("common.nav_about"), icon=":material/dataset:", type="tertiary", width="content"):
        for page in _aside:
            st.page_link(page, query_params=query)
    if _show is not None:
        st.page_link(
            _show,
            label=words("presentation.start"),
            icon=":material/slideshow:",
            query_params=query,
            width="content",
        )


def _sign_in(words: Words) -> None:
    """Signing in and out; nothing where the server has no sign-in."""
    if not roles.sign_in_configured():
        return
    person = roles.person()
    if person.signed_in:
        with st.popover(person.by[:40], icon=":material/account_circle:", width="content"):
            st.markdown(f"{person.by}  \n{words(f'submit.role_{person.role}')}")
            st.button(words("submit.sign_out"), icon=":material/logout:", on_click=st.logout)
        return
    for provider in roles.providers():
        label = words("submit.sign_in_with", name=provider) if provider else words("submit.sign_in")
        st.button(
            label, icon=":material/login:", on_click=st.login, args=(provider,), key=f"sign_in_{provider}"
        )


def _pages(make: Callable[[Words], list[Page]], words: Words) -> list[Page]:
    """The pages, made once a session and language: Streamlit looks for their files each time one is made."""
    made: dict[Lang, list[Page]] = st.session_state.setdefault("_pages", {})
    if words.lang not in made:
        made[words.lang] = make(words)
    return made[words.lang]


def run(make_pages: Callable[[Words], list[Page]], used: Mapping[str, Collection[str]]) -> None:
    """Draw the frame and run the page that the address names.

    ``make_pages`` gives the pages for ``st.navigation``, titled in the reader's language; ``used`` says which of
    the shared choices (period, group, status) a page has, by its address.
    """
    address.begin(("lang", *SHARED))
    words = words_in(language())
    pages = _pages(make_pages, words)
    page = st.navigation(pages, position="top")
    show = next((p for p in pages if p.url_path == presentation.PAGE), None)
    st.set_page_config(
        page_title=f"{page.title} · {words('common.product')}", page_icon=str(FAVICON), layout="wide"
    )
    if page is not show:
        _top(words, show, [p for p in pages if p.visibility == "hidden" and p is not show])
    _mend_the_document(words.lang, st.context.theme.type == "dark")
    try:
        found = warehouse()
    except NothingPublished:
        st.error(words("common.nothing_published"), title=words("common.nothing_published_title"))
        st.stop()
    choices = used.get(page.url_path, SHARED)
    st.session_state["_warehouse"] = found
    st.session_state["_view"] = _choices(found, words, choices)
    if page is show:  # the whole window is the show's
        page.run()
        return
    _build_line(found, view())
    if "status" in choices:
        _warnings(view(), found)
    complaints = st.container()
    try:
        page.run()
        screen_button(view(), found, page.url_path)
        add_button(view(), found, page.url_path)
        presentation.remember_page(page.url_path)
    finally:  # also where the page stopped early: by now all its choices have been read
        with complaints:
            _say_what_the_address_got_wrong(words)
