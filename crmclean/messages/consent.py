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
_COMMANDS: dict[str, tuple[str, str]] = {
    "sheet": ("Consents", "Einwilligungen"),
    "selected": (
        "{allowed} of {customers} customers may be contacted, {left} not",
        "{allowed} von {customers} Kunden dürfen kontaktiert werden, {left} nicht",
    ),
    "no_conflicts": ("no conflicting events", "keine widersprüchlichen Ereignisse"),
    "no_renewals": ("no consent waits for renewal", "keine Einwilligung wartet auf Erneuerung"),
    "undated": ("undated", "ohne Datum"),
    "head.customer": ("customer", "Kunde"),
    "head.yes": ("yes", "ja"),
    "head.no": ("no", "nein"),
    "head.holds": ("what holds", "was gilt"),
    "head.channel": ("channel", "Kanal"),
    "head.purpose": ("purpose", "Zweck"),
    "head.reason": ("reason", "Grund"),
    "head.why": ("why", "warum"),
    "head.claims": ("claims", "Angaben"),
    "head.may_ask": ("may be asked", "darf man fragen"),
    "holds.consent_conflict.no": (
        "The no: it is the later one, or of the same time, or the yes has no date.",
        "Das Nein: Es ist später oder gleichzeitig, oder das Ja hat kein Datum.",
    ),
    "holds.consent_conflict.yes": (
        "The yes, if it is proven: it was declared after the no.",
        "Das Ja, falls nachgewiesen: Es wurde nach dem Nein erklärt.",
    ),
    "holds.consent_denial_by_merge.no": (
        "The no of another record of the customer. If they are two people, split them.",
        "Das Nein eines anderen Datensatzes des Kunden. Sind es zwei Personen, dann trennen.",
    ),
    "holds.consent_denial_by_merge.yes": (
        "The yes, if it is proven: it was declared after the no.",
        "Das Ja, falls nachgewiesen: Es wurde nach dem Nein erklärt.",
    ),
    "holds.consent_import_ignored_denial_stands.no": (
        "The no: what came in after it was declared before, or has no date.",
        "Das Nein: Was danach eintraf, wurde früher erklärt oder hat kein Datum.",
    ),
    "holds.consent_import_ignored_denial_stands.yes": (
        "The yes, if it is proven: it was declared after the no.",
        "Das Ja, falls nachgewiesen: Es wurde nach dem Nein erklärt.",
    ),
    "texts_kept": (
        "{count} wordings kept, {fresh} of them new",
        "{count} Wortlaute vorhanden, {fresh} davon neu",
    ),
}
_PROOF: dict[str, tuple[str, str]] = {
    "title": ("Proof of consents", "Nachweis der Einwilligungen"),
    "about": (
        "As of {day}. Evidence after Art. 7(1) GDPR, s. 7a UWG; also an answer after Art. 15 GDPR.",
        "Stand {day}. Nachweis nach Art. 7 Abs. 1 DSGVO, § 7a UWG; zugleich Auskunft nach Art. 15 DSGVO.",
    ),
    "person": ("Person", "Person"),
    "name": ("Name", "Name"),
    "address": ("Address", "Anschrift"),
    "customer": ("Customer", "Kunde"),
    "records": ("Records", "Datensätze"),
    "policy": ("Policy", "Regelwerk"),
    "declarations": ("Declarations of consent", "Einwilligungserklärungen"),
    "refusals": ("Withdrawals and objections", "Widerrufe und Widersprüche"),
    "others": ("Further events", "Weitere Ereignisse"),
    "nothing": ("There are none.", "Es gibt keine."),
    "holds": ("holds", "gilt"),
    "noted": ("written down {at}", "vermerkt {at}"),
    "renewed": ("A later declaration has replaced it.", "Eine spätere Erklärung hat sie ersetzt."),
    "ended": ("does not hold", "gilt nicht"),
    "wording": ("Wording", "Wortlaut"),
    "wording_missing": (
        "The text of version {version} is not kept here: import it with crmclean consent texts.",
        "Der Text der Fassung {version} liegt hier nicht vor: mit crmclean consent texts einlesen.",
    ),
    "no_wording": ("No version of a wording was noted.", "Es wurde keine Fassung eines Wortlauts vermerkt."),
    "version": (
        "version {version}, language {language}, in use from {since} to {until}",
        "Fassung {version}, Sprache {language}, verwendet von {since} bis {until}",
    ),
    "event_type": ("What", "Was"),
    "event_time": ("When", "Wann"),
    "recorded_at": ("Written down", "Vermerkt"),
    "channel": ("Channel", "Kanal"),
    "purpose": ("Purpose", "Zweck"),
    "contact_point": ("Address or number", "Adresse oder Nummer"),
    "collection_method": ("How", "Wie"),
    "collected_at": ("Where", "Wo"),
    "collected_by": ("Taken by", "Aufgenommen von"),
    "evidence": ("Evidence", "Beleg"),
    "pii_controllers": ("Given to", "Gegenüber"),
    "legal_basis": ("Legal basis", "Rechtsgrundlage"),
    "confirmation": ("Confirmed", "Bestätigt"),
    "uses": ("Uses", "Nutzungen"),
    "ended_by": ("Ended by", "Beendet durch"),
    "valid_until": ("Valid until", "Gültig bis"),
    "keep_proof_until": ("Proof to be kept until", "Nachweis aufzubewahren bis"),
    "consent_record_id": ("Number of the event", "Nummer des Ereignisses"),
    "record": ("Record", "Datensatz"),
    "notice_id": ("Version of the wording", "Fassung des Wortlauts"),
    "guardian": ("Parent", "Sorgeberechtigt"),
    "grounds": ("Grounds", "Anlass"),
    "sale": ("Sale", "Verkauf"),
    "list": ("List", "Liste"),
    "declaration": ("Declaration", "Erklärung"),
    "ledger": ("Ledger", "Protokoll"),
    "ledger_ok": (
        "The chain of {events} events is unbroken; its head is {head}.",
        "Die Kette von {events} Ereignissen ist unversehrt; ihr letztes Glied ist {head}.",
    ),
    "ledger_broken": (
        "The chain is broken at entry {seq}: this proof cannot be relied on.",
        "Die Kette ist bei Eintrag {seq} gebrochen: Auf diesen Nachweis ist kein Verlass.",
    ),
    "ledger_none": ("The events are not sealed yet.", "Die Ereignisse sind noch nicht versiegelt."),
    "signature": ("Place, date, signature", "Ort, Datum, Unterschrift"),
    "open": ("open", "offen"),
}
_KINDS: dict[str, tuple[str, str]] = {
    "blocked": ("blocked", "gesperrt"),
    "bounced": ("did not arrive", "unzustellbar"),
    "confirmed": ("confirmed", "bestätigt"),
    "contact_point_ok": ("reachable again", "wieder erreichbar"),
    "correction": ("corrected", "berichtigt"),
    "declined": ("declined", "abgelehnt"),
    "erased": ("erased", "gelöscht"),
    "existing_customer": ("existing customer", "Bestandskunde"),
    "expired": ("expired", "abgelaufen"),
    "external_list": ("entry in a list", "Listeneintrag"),
    "granted": ("consented", "eingewilligt"),
    "imported_flag": ("flag of an old list", "Vermerk einer alten Liste"),
    "invalidated": ("found invalid", "für unwirksam befunden"),
    "merged": ("records merged", "Datensätze zusammengeführt"),
    "objected": ("objected", "widersprochen"),
    "objection_lifted": ("objection taken back", "Widerspruch zurückgenommen"),
    "presumed_interest": ("grounds for presumed interest", "Anlass für mutmaßliches Interesse"),
    "requested": ("asked for consent", "um Einwilligung gebeten"),
    "restricted": ("processing restricted", "Verarbeitung eingeschränkt"),
    "revoked_by_controller": ("given up by us", "von uns aufgegeben"),
    "suppressed": ("suppressed", "gesperrt auf Wunsch"),
    "unblocked": ("unblocked", "entsperrt"),
    "unmerged": ("records split", "Datensätze getrennt"),
    "unrestricted": ("restriction lifted", "Einschränkung aufgehoben"),
    "used": ("used", "genutzt"),
    "withdrawn": ("withdrawn", "widerrufen"),
}
SENTENCES: dict[str, tuple[str, str]] = {
    **{f"consent.reason.{code}": sentence for code, sentence in _REASONS.items()},
    **{f"consent.duty.{code}": sentence for code, sentence in _DUTIES.items()},
    **{f"consent.rule.{code}": sentence for code, sentence in _RULES.items()},
    **{f"consent.outcome.{code}": sentence for code, sentence in _OUTCOMES.items()},
    **{f"cli.consent.{code}": sentence for code, sentence in _COMMANDS.items()},
    **{f"consent.proof.{code}": sentence for code, sentence in _PROOF.items()},
    **{f"consent.kind.{code}": sentence for code, sentence in _KINDS.items()},
}
