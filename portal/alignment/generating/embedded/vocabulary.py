"""Words by which headings, items and columns are told apart. They are English, since questions are; documents in
other languages get the general questions."""

from __future__ import annotations

from portal.alignment.generating.reading.word_lists import phrases, words

VERBS = words("""
    activate add adjust allow apply arrange assign attach avoid become bring calculate choose clean clear click
    clone close collect combine configure confirm connect convert copy create customise customize deactivate
    decide define delete deploy describe determine develop disable disconnect discover download edit eject
    enable ensure enter evaluate examine execute export extend extract fill find fix follow format gather
    generate get give grant handle identify implement import improve increase initialise initialize insert
    inspect install integrate keep launch learn let limit locate loosen lower maintain make manage measure
    migrate minimise minimize modify mount move navigate obtain open optimise optimize organise organize pay
    perform place prepare press prevent protect provide publish pull push put reach read rebuild receive reduce
    refer register reinstall remove rename renew repeat replace reply request reset resolve restart restore
    retrieve return revert review revoke rotate save schedule search secure select send serve sign specify start
    stop store submit subscribe switch synchronise synchronize take tell tighten translate transfer turn
    understand uninstall unlock unpack unplug update upgrade upload use validate verify wait wash watch write
""")
"""A heading that begins with one of them, and an item even more, asks to do something."""

AMBIGUOUS_VERBS = words("""
    access build call change charge check compare control cut design display document drive test format help
    host label limit link list load lock log monitor name note order pack plan plug print process query queue
    record release repair report request return review run schedule scan search set share ship sort start stop
    store support tag test track trade transfer type update upgrade use view visit watch work
""")
"""They may be nouns as well: a verb only with an article or the like after it."""

DETERMINERS = words("the a an your all its this these each any new up down out in off back it them from to")

NOT_GERUNDS = words("""
    string strings spring ring king thing things wing nothing something everything anything morning evening
    ceiling during pudding
""")

LEAD_WORDS = words("""
    note notes warning caution tip tips important example examples attention danger hint info remember update
    result results see source summary question answer conclusion
""") | phrases("main article, main articles, see also, further information, tl;dr, ps, nb, p.s., n.b.")
"""What stands before a colon without being a term."""

PRONOUNS = words("""
    before after during until once it this that there these those he she they we you i what which who where when
    why how here one another each both all some such its his her their our your my most many few several if
    while although since because for in on at by with from to as so but and or not no
""")
"""A sentence that begins with one isn't understood alone."""

MEANINGS = phrases("definition, meaning, description, explanation, stands for, bedeutung, beschreibung, definición")
"""What the second column of a glossary is called."""

EMPTY_CELLS = frozenset(
    {"", "-", "–", "—", "--", "---", "n/a", "na", "none", "null", "nan", "?", "…", "...", "tbd", "."}
)

SHELLS = words("sh bash zsh shell console terminal powershell ps1 cmd bat shell-session")
"""Languages of code that are commands."""
