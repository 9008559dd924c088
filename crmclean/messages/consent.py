"""Sentences of consent: key -> (English, German).

Every reason code of a decision, every duty that comes with a yes, every step of an explanation.
"""

from __future__ import annotations

__all__ = ["SENTENCES"]

_REASONS: dict[str, tuple[str, str]] = {
    "BLOCKED": ("We have blocked this contact.", "Der Kontakt ist von uns gesperrt."),
    "CONSENT": ("There is a proven consent.", "Es liegt eine nachgewiesene Einwilligung vor."),
    "CONTACT_POINT_INVALID": (
        "The address or number is known not to work.",
        "Die Adresse oder Nummer ist nachweislich nicht erreichbar.",
    ),
    "CONTACT_POINT_NOT_COVERED": (
        "There is a consent, but for another address or number.",
        "Es gibt eine Einwilligung, aber für eine andere Adresse oder Nummer.",
    ),
    "CONTRACT": (
        "The message serves a contract; no consent is needed.",
        "Die Nachricht dient einem Vertrag; eine Einwilligung ist nicht nötig.",
    ),
    "CONTROLLER_NOT_COVERED": (
        "There is a consent, but it was given to another company.",
        "Es gibt eine Einwilligung, aber gegenüber einem anderen Unternehmen.",
    ),
    "DECLINED": ("The person said no when asked.", "Die Person hat auf die Frage nein gesagt."),
    "ERASED": (
        "The person's data were erased; nothing new has been declared since.",
        "Die Daten der Person wurden gelöscht; seither wurde nichts Neues erklärt.",
    ),
    "EXISTING_CUSTOMER": (
        "Existing customer: advertising for similar products of our own is permitted.",
        "Bestandskunde: Werbung für eigene ähnliche Waren ist erlaubt.",
    ),
    "EXPIRED": ("The consent has ended.", "Die Einwilligung ist abgelaufen."),
    "EXTERNAL_OPT_OUT_LIST": (
        "The person stands in a list of those who want no advertising (Robinson, ECG, star entry).",
        "Die Person steht in einer Liste derer, die keine Werbung wünschen (Robinson, ECG, Sterneintrag).",
    ),
    "INVALIDATED": (
        "The consent was found to be invalid or was given up.",
        "Die Einwilligung hat sich als unwirksam erwiesen oder wurde aufgegeben.",
    ),
    "LEGACY_UNPROVEN": (
        "An old list says yes, but without date and wording: a claim that proves nothing.",
        "Eine alte Liste sagt ja, aber ohne Datum und Wortlaut: eine Behauptung ohne Nachweis.",
    ),
    "LEGAL_OBLIGATION": (
        "The message is required by law; no consent is needed.",
        "Die Nachricht ist gesetzlich vorgeschrieben; eine Einwilligung ist nicht nötig.",
    ),
    "LEGITIMATE_INTEREST": (
        "Letters need no consent as long as nobody objects.",
        "Briefe brauchen keine Einwilligung, solange niemand widerspricht.",
    ),
    "LIVE_CALL_PERMITTED": (
        "Swiss customer without star entry: live calls are permitted.",
        "Schweizer Kunde ohne Sterneintrag: persönliche Anrufe sind erlaubt.",
    ),
    "MINOR": (
        "The person was a minor when consenting, and no parent agreed.",
        "Die Person war bei der Einwilligung minderjährig, und niemand hat für sie zugestimmt.",
    ),
    "NO_CONSENT": ("There is no consent.", "Es liegt keine Einwilligung vor."),
    "NOT_PROVEN": (
        "There is a consent, but the proof is incomplete.",
        "Es gibt eine Einwilligung, aber der Nachweis ist unvollständig.",
    ),
    "NOT_SPECIFIC": (
        "There is a consent, but it names no channel or no purpose.",
        "Es gibt eine Einwilligung, aber sie nennt keinen Kanal oder keinen Zweck.",
    ),
    "OBJECTED": ("The person has objected.", "Die Person hat widersprochen."),
    "PENDING_CONFIRMATION": (
        "The sign-up was never confirmed in time.",
        "Die Anmeldung wurde nicht rechtzeitig bestätigt.",
    ),
    "PRESUMED_CONSENT": (
        "Business with concrete grounds for interest in a call.",
        "Unternehmen mit konkretem Anlass für das Interesse an einem Anruf.",
    ),
    "RESTRICTED": (
        "The processing of this person's data is restricted.",
        "Die Verarbeitung der Daten dieser Person ist eingeschränkt.",
    ),
    "SHARED_CONTACT_POINT": (
        "The consent is tied to nothing but an address or number that several customers use.",
        "Die Einwilligung hängt allein an einer Adresse oder Nummer, die mehrere Kunden nutzen.",
    ),
    "SOFT_OPT_IN_INCOMPLETE": (
        "Existing customer, but a condition of the exception is not shown to be met.",
        "Bestandskunde, aber eine Bedingung der Ausnahme ist nicht belegt.",
    ),
    "STALE": (
        "The consent was not used for too long.",
        "Die Einwilligung wurde zu lange nicht genutzt.",
    ),
    "SUPPRESSED": (
        "The person or address is on our suppression list.",
        "Die Person oder Adresse steht auf unserer Sperrliste.",
    ),
    "WITHDRAWN": ("The consent was withdrawn.", "Die Einwilligung wurde widerrufen."),
}
_DUTIES: dict[str, tuple[str, str]] = {
    "caller_id_shown": ("Show your number.", "Rufnummer anzeigen."),
    "record_use": (
        "Record the call: the proof must be kept for five years from each use.",
        "Anruf vermerken: Der Nachweis ist ab jeder Nutzung fünf Jahre aufzubewahren.",
    ),
    "right_to_object_notice": (
        "Point out the right to object.",
        "Auf das Widerspruchsrecht hinweisen.",
    ),
    "sender_identity": ("Say who writes.", "Absender angeben."),
    "unsubscribe_link": ("Offer a way to unsubscribe.", "Abmeldemöglichkeit anbieten."),
}
_RULES: dict[str, tuple[str, str]] = {
    "history": ("Which events count?", "Welche Ereignisse zählen?"),
    "erased": ("Were the data erased?", "Wurden die Daten gelöscht?"),
    "blocked": ("Is the contact blocked?", "Ist der Kontakt gesperrt?"),
    "restricted": ("Is the processing restricted?", "Ist die Verarbeitung eingeschränkt?"),
    "duty": ("Is it a contract or a legal duty?", "Geht es um einen Vertrag oder eine Pflicht?"),
    "denied": ("Has the person said no?", "Hat die Person nein gesagt?"),
    "proven": (
        "Is a consent specific, proven and confirmed?",
        "Ist eine Einwilligung bestimmt, nachgewiesen und bestätigt?",
    ),
    "covered": (
        "Is it for this company and this address?",
        "Gilt sie für dieses Unternehmen und diese Adresse?",
    ),
    "invalid": ("Was it valid when given?", "War sie wirksam?"),
    "ended": ("Is it still valid?", "Gilt sie noch?"),
    "consent": ("Does a consent hold?", "Trägt eine Einwilligung?"),
    "permitted": ("Is it permitted without consent?", "Ist es ohne Einwilligung erlaubt?"),
    "contact_point": ("Does the address work?", "Ist die Adresse erreichbar?"),
    "remembered": ("What stood in the way?", "Woran hat es gefehlt?"),
}
_OUTCOMES: dict[str, tuple[str, str]] = {
    "considered": ("considered", "berücksichtigt"),
    "passed": ("no answer", "keine Antwort"),
    "remembered": ("noted", "vermerkt"),
    "answered": ("decides", "entscheidet"),
    "overruled": ("overrules", "hebt auf"),
    "not_reached": ("not reached", "nicht erreicht"),
}
SENTENCES: dict[str, tuple[str, str]] = {
    **{f"consent.reason.{code}": sentence for code, sentence in _REASONS.items()},
    **{f"consent.duty.{code}": sentence for code, sentence in _DUTIES.items()},
    **{f"consent.rule.{code}": sentence for code, sentence in _RULES.items()},
    **{f"consent.outcome.{code}": sentence for code, sentence in _OUTCOMES.items()},
}
