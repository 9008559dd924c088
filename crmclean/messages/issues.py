"""Sentences of issues: issues.<code> -> (English, German).

A sentence stands alone beside source, record, field and value; what a finding adds in its detail
is put in brackets behind it. It says what is the matter, and what was done where something was.
"""

from __future__ import annotations

__all__ = ["SENTENCES"]

# fmt: off  (a table: one code a line)
_ALL: dict[str, tuple[str, str]] = {
    "empty": ("The field is empty.", "Das Feld ist leer."),
    "placeholder": (
        "A placeholder stands in for a value; it is taken as missing.",
        "Ein Platzhalter steht anstelle eines Werts; er gilt als fehlend.",
    ),
    "whitespace": ("Superfluous blanks were removed.", "Überflüssige Leerzeichen wurden entfernt."),
    "invisible_characters": ("Invisible characters were removed.", "Unsichtbare Zeichen wurden entfernt."),
    "mojibake_repaired": (
        "The text had been garbled by a wrong encoding and was repaired.",
        "Der Text war durch eine falsche Zeichenkodierung verstümmelt und wurde repariert.",
    ),
    "replacement_character": (
        "Letters were lost in an earlier conversion and cannot be restored.",
        "Buchstaben gingen bei einer früheren Umwandlung verloren und sind nicht wiederherstellbar.",
    ),
    "not_nfc": (
        "Letters and their marks were stored apart and were joined.",
        "Buchstaben und ihre Zeichen waren getrennt gespeichert und wurden verbunden.",
    ),
    "too_long": (
        "The value is longer than the field should be.",
        "Der Wert ist länger, als das Feld sein sollte.",
    ),
    "test_data": (
        "The row looks like test data; it is linked to no customer.",
        "Die Zeile sieht nach Testdaten aus; sie wird keinem Kunden zugeordnet.",
    ),
    "html_remnant": ("Remains of HTML stand in the text.", "Im Text stehen Reste von HTML."),
    "mixed_script": (
        "Letters of different scripts are mixed in one word.",
        "In einem Wort sind Buchstaben verschiedener Schriften gemischt.",
    ),
    "value_in_wrong_field": (
        "The value seems to belong in another field.",
        "Der Wert gehört anscheinend in ein anderes Feld.",
    ),
    "multiple_values": ("Several values stand in one field.", "Mehrere Werte stehen in einem Feld."),
}
_NAME: dict[str, tuple[str, str]] = {
    "name_missing": ("The record has no name.", "Der Datensatz hat keinen Namen."),
    "name_order_unclear": (
        "It is not clear which part is the given name and which the family name.",
        "Es ist nicht klar, was Vorname und was Nachname ist.",
    ),
    "name_all_caps": (
        "The name is written in capitals or small letters throughout.",
        "Der Name ist durchgehend groß oder klein geschrieben.",
    ),
    "name_has_digits": ("The name contains digits.", "Der Name enthält Ziffern."),
    "name_is_company": (
        "A company stands in the field for a person's name.",
        "Im Feld für den Personennamen steht eine Firma.",
    ),
    "name_household": (
        "The name stands for several people of one household.",
        "Der Name steht für mehrere Personen eines Haushalts.",
    ),
    "title_in_name": (
        "A title stood in the name and was moved to its own field.",
        "Ein Titel stand im Namen und erhielt ein eigenes Feld.",
    ),
    "salutation_missing": ("The salutation is missing.", "Die Anrede fehlt."),
    "salutation_gender_mismatch": (
        "The salutation does not seem to fit the given name.",
        "Die Anrede passt anscheinend nicht zum Vornamen.",
    ),
    "salutation_unknown": ("The salutation is not known.", "Die Anrede ist unbekannt."),
    "single_letter_name": ("The name is a single letter.", "Der Name besteht aus einem einzigen Buchstaben."),
    "birth_name_split": (
        "A name at birth stood in the name and was moved to its own field.",
        "Ein Geburtsname stand im Namen und erhielt ein eigenes Feld.",
    ),
    "particle_ambiguous": (
        "A word of the name may be a particle or a name.",
        "Ein Wort im Namen kann Namenszusatz oder Name sein.",
    ),
    "same_given_and_family": (
        "Given name and family name are the same.",
        "Vorname und Nachname sind gleich.",
    ),
    "nickname_in_name": (
        "A nickname stood in the name and was moved to its own field.",
        "Ein Rufname stand im Namen und erhielt ein eigenes Feld.",
    ),
}
_COMPANY: dict[str, tuple[str, str]] = {
    "legal_form_missing": (
        "The company is named without its legal form.",
        "Die Firma ist ohne Rechtsform angegeben.",
    ),
    "legal_form_unknown": ("The legal form is not known.", "Die Rechtsform ist unbekannt."),
    "legal_form_variant": (
        "The legal form is written in an unusual way.",
        "Die Rechtsform ist ungewöhnlich geschrieben.",
    ),
    "legal_form_conflict": (
        "The name contains legal forms that contradict one another.",
        "Der Name enthält Rechtsformen, die sich widersprechen.",
    ),
    "company_is_person": (
        "A person's name stands in the field for the company.",
        "Im Feld für die Firma steht ein Personenname.",
    ),
    "company_in_liquidation": ("The company is being wound up.", "Die Firma ist in Liquidation."),
    "company_in_formation": ("The company is being founded.", "Die Firma ist in Gründung."),
    "branch_in_name": (
        "A branch or site stands in the company's name.",
        "Im Firmennamen steht eine Niederlassung oder ein Standort.",
    ),
}
_ADDRESS: dict[str, tuple[str, str]] = {
    "street_missing": ("The street is missing.", "Die Straße fehlt."),
    "house_number_missing": ("The house number is missing.", "Die Hausnummer fehlt."),
    "house_number_in_street": (
        "The house number stood in the street and was split off.",
        "Die Hausnummer stand in der Straße und wurde abgetrennt.",
    ),
    "house_number_unusual": (
        "The house number has an unusual form.",
        "Die Hausnummer hat eine ungewöhnliche Form.",
    ),
    "postcode_missing": ("The postcode is missing.", "Die Postleitzahl fehlt."),
    "postcode_format": (
        "The postcode does not have the form of its country.",
        "Die Postleitzahl hat nicht die Form ihres Landes.",
    ),
    "postcode_leading_zero_lost": (
        "The postcode has lost its leading zero.",
        "Die Postleitzahl hat ihre führende Null verloren.",
    ),
    "postcode_unknown": (
        "No such postcode exists in the country.",
        "Diese Postleitzahl gibt es in dem Land nicht.",
    ),
    "postcode_city_mismatch": (
        "Postcode and town do not fit together.",
        "Postleitzahl und Ort passen nicht zusammen.",
    ),
    "postcode_country_mismatch": (
        "Postcode and country do not fit together.",
        "Postleitzahl und Land passen nicht zusammen.",
    ),
    "city_missing": ("The town is missing.", "Der Ort fehlt."),
    "city_spelling": (
        "The town's name is spelt differently in the register of places.",
        "Der Ortsname wird im Ortsverzeichnis anders geschrieben.",
    ),
    "country_missing": ("The country is missing.", "Das Land fehlt."),
    "country_unknown": ("The country is not known.", "Das Land ist unbekannt."),
    "country_assumed": (
        "The row names no country; the usual one was assumed.",
        "Die Zeile nennt kein Land; das übliche wurde angenommen.",
    ),
    "po_box": ("The address is a post office box.", "Die Anschrift ist ein Postfach."),
    "parcel_locker": (
        "The address is a parcel locker: nothing but parcels reaches it.",
        "Die Anschrift ist eine Packstation: Nur Pakete kommen dort an.",
    ),
    "care_of": ("The address is in care of somebody else.", "Die Anschrift läuft über jemand anderen (c/o)."),
    "delivery_hint": (
        "The address holds a hint for delivery (floor, flat).",
        "Die Anschrift enthält einen Zustellhinweis (Stockwerk, Wohnung).",
    ),
    "large_recipient_postcode": (
        "The postcode belongs to a single large recipient of mail.",
        "Die Postleitzahl gehört einem einzelnen Großempfänger.",
    ),
    "pre_1993_postcode": (
        "The postcode dates from before the German reform of 1993.",
        "Die Postleitzahl stammt aus der Zeit vor der Umstellung von 1993.",
    ),
}
_PHONE: dict[str, tuple[str, str]] = {
    "phone_unparseable": (
        "This cannot be read as a telephone number.",
        "Das lässt sich nicht als Telefonnummer lesen.",
    ),
    "phone_too_short": ("The telephone number is too short.", "Die Telefonnummer ist zu kurz."),
    "phone_too_long": ("The telephone number is too long.", "Die Telefonnummer ist zu lang."),
    "phone_invalid_for_region": (
        "The telephone number is not in the country's numbering plan.",
        "Die Telefonnummer gibt es im Nummernplan des Landes nicht.",
    ),
    "phone_region_missing": (
        "The telephone number has no country code, and no country is known for it.",
        "Die Telefonnummer hat keine Landesvorwahl, und es ist kein Land für sie bekannt.",
    ),
    "phone_region_assumed": (
        "The telephone number has no country code; the country was assumed.",
        "Die Telefonnummer hat keine Landesvorwahl; das Land wurde angenommen.",
    ),
    "phone_plus_lost": (
        "The telephone number has lost the plus before its country code.",
        "Die Telefonnummer hat das Plus vor der Landesvorwahl verloren.",
    ),
    "phone_trunk_zero": (
        "A superfluous zero stood after the country code.",
        "Hinter der Landesvorwahl stand eine überflüssige Null.",
    ),
    "phone_scientific_notation": (
        "A spreadsheet has turned the telephone number into a rounded figure; digits are lost.",
        "Eine Tabellenkalkulation hat die Telefonnummer in eine gerundete Zahl verwandelt; Ziffern sind verloren.",
    ),
    "phone_extension": (
        "An extension was split off the telephone number.",
        "Eine Durchwahl wurde von der Telefonnummer abgetrennt.",
    ),
    "phone_comment": (
        "A comment stood beside the telephone number.",
        "Neben der Telefonnummer stand eine Bemerkung.",
    ),
    "phone_multiple": (
        "Several telephone numbers stand in one field.",
        "Mehrere Telefonnummern stehen in einem Feld.",
    ),
    "phone_premium": (
        "A service number that costs extra or belongs to nobody.",
        "Eine Sonderrufnummer, die mehr kostet oder niemandem gehört.",
    ),
    "phone_type_mismatch": (
        "The kind of number does not fit its field (a mobile number under landline).",
        "Die Art der Nummer passt nicht zum Feld (etwa eine Mobilnummer unter Festnetz).",
    ),
    "phone_emergency": ("This is an emergency number.", "Das ist eine Notrufnummer."),
    "phone_placeholder": (
        "The telephone number is made up (0000000, 123456).",
        "Die Telefonnummer ist erfunden (0000000, 123456).",
    ),
    "phone_letters": ("The telephone number contains letters.", "Die Telefonnummer enthält Buchstaben."),
}
_EMAIL: dict[str, tuple[str, str]] = {
    "email_syntax": ("This is not a valid e-mail address.", "Das ist keine gültige E-Mail-Adresse."),
    "email_no_at": ("The e-mail address has no @ sign.", "Der E-Mail-Adresse fehlt das @-Zeichen."),
    "email_double_at": (
        "The e-mail address has more than one @ sign.",
        "Die E-Mail-Adresse hat mehr als ein @-Zeichen.",
    ),
    "email_blank": ("The e-mail address contains blanks.", "Die E-Mail-Adresse enthält Leerzeichen."),
    "email_dot": (
        "A dot stands in the wrong place of the e-mail address.",
        "In der E-Mail-Adresse steht ein Punkt an falscher Stelle.",
    ),
    "email_domain_invalid": (
        "The domain of the e-mail address is not possible.",
        "Die Domain der E-Mail-Adresse ist nicht möglich.",
    ),
    "email_reserved_domain": (
        "The domain of the e-mail address is reserved for examples and tests.",
        "Die Domain der E-Mail-Adresse ist für Beispiele und Tests reserviert.",
    ),
    "email_local_too_long": (
        "The part before the @ sign is too long.",
        "Der Teil vor dem @-Zeichen ist zu lang.",
    ),
    "email_quoted_local": (
        "The part before the @ sign is in quotation marks; many systems refuse it.",
        "Der Teil vor dem @-Zeichen steht in Anführungszeichen; viele Systeme lehnen das ab.",
    ),
    "email_address_literal": (
        "An IP address stands after the @ sign.",
        "Hinter dem @-Zeichen steht eine IP-Adresse.",
    ),
    "email_display_name": (
        "A name stood before the e-mail address and was split off.",
        "Vor der E-Mail-Adresse stand ein Name; er wurde abgetrennt.",
    ),
    "email_multiple": (
        "Several e-mail addresses stand in one field.",
        "Mehrere E-Mail-Adressen stehen in einem Feld.",
    ),
    "email_domain_typo": (
        "The domain of the e-mail address looks mistyped.",
        "Die Domain der E-Mail-Adresse sieht nach einem Tippfehler aus.",
    ),
    "email_tld_unknown": (
        "The ending of the e-mail address is not known.",
        "Die Endung der E-Mail-Adresse ist unbekannt.",
    ),
    "email_disposable": ("A throw-away e-mail address.", "Eine Wegwerf-E-Mail-Adresse."),
    "email_role": (
        "The e-mail address belongs to a function (info@, office@), not to a person.",
        "Die E-Mail-Adresse gehört einer Funktion (info@, buero@), keiner Person.",
    ),
    "email_freemail_for_company": (
        "A company uses an address of a free mail provider.",
        "Eine Firma nutzt die Adresse eines Freemail-Anbieters.",
    ),
    "email_idn": (
        "The domain of the e-mail address contains letters beyond a to z.",
        "Die Domain der E-Mail-Adresse enthält Umlaute oder andere Sonderzeichen.",
    ),
    "email_smtputf8": (
        "The part before the @ sign contains letters beyond a to z; many systems refuse it.",
        "Der Teil vor dem @-Zeichen enthält Umlaute oder andere Sonderzeichen; viele Systeme lehnen das ab.",
    ),
    "email_obfuscated": (
        "The e-mail address was written in a disguised form (at, dot).",
        "Die E-Mail-Adresse war verschleiert geschrieben (at, punkt).",
    ),
    "email_shared": (
        "Many records share this e-mail address.",
        "Viele Datensätze teilen sich diese E-Mail-Adresse.",
    ),
}
_DATE: dict[str, tuple[str, str]] = {
    "date_unreadable": ("This cannot be read as a date.", "Das lässt sich nicht als Datum lesen."),
    "date_impossible": ("No such day exists.", "Diesen Tag gibt es nicht."),
    "date_ambiguous_order": (
        "Day and month could be the other way round.",
        "Tag und Monat könnten vertauscht sein.",
    ),
    "date_two_digit_year": (
        "The year has two digits; the century was inferred.",
        "Das Jahr ist zweistellig; das Jahrhundert wurde erschlossen.",
    ),
    "date_partial": ("The date is incomplete.", "Das Datum ist unvollständig."),
    "date_excel_serial": (
        "The date was a day number of a spreadsheet and was converted.",
        "Das Datum war eine Tageszahl einer Tabellenkalkulation und wurde umgerechnet.",
    ),
    "date_excel_1900_bug": (
        "The day number stands for 29 February 1900, which never was.",
        "Die Tageszahl steht für den 29. Februar 1900, den es nie gab.",
    ),
    "date_placeholder": (
        "The date stands for an unknown one (01.01.1900); it is taken as missing.",
        "Das Datum steht für ein unbekanntes (01.01.1900); es gilt als fehlend.",
    ),
    "date_future": ("The date lies in the future.", "Das Datum liegt in der Zukunft."),
    "age_implausible": (
        "The date of birth gives an implausible age.",
        "Das Geburtsdatum ergibt ein unglaubhaftes Alter.",
    ),
    "minor": ("The person is under age.", "Die Person ist minderjährig."),
}
_IDENTIFIER: dict[str, tuple[str, str]] = {
    "id_checksum": (
        "The check digit of the identifier is wrong.",
        "Die Prüfziffer der Kennung stimmt nicht.",
    ),
    "id_length": ("The identifier has the wrong length.", "Die Kennung hat die falsche Länge."),
    "id_format": (
        "The identifier does not have the prescribed form.",
        "Die Kennung hat nicht die vorgeschriebene Form.",
    ),
    "id_country_mismatch": (
        "Identifier and country do not fit together.",
        "Kennung und Land passen nicht zusammen.",
    ),
    "id_label_removed": (
        "A label before the identifier was removed.",
        "Eine Beschriftung vor der Kennung wurde entfernt.",
    ),
    "id_court_missing": ("The register number lacks its court.", "Der Registernummer fehlt das Gericht."),
    "id_duplicate": (
        "Several customers carry the same identifier.",
        "Mehrere Kunden tragen dieselbe Kennung.",
    ),
    "id_type_unclear": (
        "It is not clear which kind of identifier this is.",
        "Es ist nicht klar, welche Art Kennung das ist.",
    ),
}
_FILE: dict[str, tuple[str, str]] = {
    "encoding_guessed": (
        "The file's encoding was guessed.",
        "Die Zeichenkodierung der Datei wurde erschlossen.",
    ),
    "encoding_mixed": ("The file mixes several encodings.", "Die Datei mischt mehrere Zeichenkodierungen."),
    "bom": (
        "The file begins with a byte order mark.",
        "Die Datei beginnt mit einer Bytereihenfolge-Marke (BOM).",
    ),
    "delimiter_guessed": ("The delimiter was guessed.", "Das Trennzeichen wurde erschlossen."),
    "delimiter_not_found": ("No delimiter was found.", "Es wurde kein Trennzeichen gefunden."),
    "ragged_rows": (
        "Rows have more or fewer fields than the header.",
        "Zeilen haben mehr oder weniger Felder als die Kopfzeile.",
    ),
    "preamble_skipped": (
        "Lines before the header were skipped.",
        "Zeilen vor der Kopfzeile wurden übersprungen.",
    ),
    "sep_line": (
        "The file names its delimiter in a line of its own (sep=).",
        "Die Datei nennt ihr Trennzeichen in einer eigenen Zeile (sep=).",
    ),
    "footer_row": (
        "A row at the end is a total or a remark and was left out.",
        "Eine Zeile am Ende ist Summe oder Bemerkung und wurde ausgelassen.",
    ),
    "duplicate_header": (
        "Several columns have the same header.",
        "Mehrere Spalten haben dieselbe Überschrift.",
    ),
    "empty_header": ("A column has no header.", "Eine Spalte hat keine Überschrift."),
    "numbers_as_text": ("Numbers are stored as text.", "Zahlen sind als Text gespeichert."),
    "leading_zeros_lost": (
        "A column of identifiers has probably lost leading zeros.",
        "Eine Spalte mit Kennungen hat vermutlich führende Nullen verloren.",
    ),
    "no_id_column": (
        "No column identifies the rows; keys were made from the content.",
        "Keine Spalte kennzeichnet die Zeilen; Schlüssel wurden aus dem Inhalt gebildet.",
    ),
    "duplicate_record_id": (
        "Several rows carry the same identifier.",
        "Mehrere Zeilen tragen dieselbe Kennung.",
    ),
    "identical_rows": ("Rows are identical in every field.", "Zeilen stimmen in allen Feldern überein."),
    "sensitive_column": (
        "The column seems to hold sensitive data and was not read.",
        "Die Spalte enthält anscheinend sensible Daten und wurde nicht gelesen.",
    ),
    "note_column": (
        "The column holds free text and was not read.",
        "Die Spalte enthält freien Text und wurde nicht gelesen.",
    ),
    "columns_unknown": (
        "Columns were not recognised and are left out of matching.",
        "Spalten wurden nicht erkannt und bleiben beim Abgleich außen vor.",
    ),
    "file_not_understood": (
        "It was not recognised what the file holds.",
        "Es wurde nicht erkannt, was die Datei enthält.",
    ),
    "no_rows": ("The file has no rows.", "Die Datei enthält keine Zeilen."),
    "source_untied": (
        "A source is cited that none of the files could be tied to.",
        "Eine Quelle wird genannt, der sich keine der Dateien zuordnen ließ.",
    ),
    "sheet_skipped": (
        "A sheet of the workbook was skipped.",
        "Ein Blatt der Arbeitsmappe wurde übersprungen.",
    ),
}
_MATCH: dict[str, tuple[str, str]] = {
    "shared_contact": (
        "Several customers share this contact point; it alone links nobody.",
        "Mehrere Kunden teilen sich diese Adresse oder Nummer; sie allein verbindet niemanden.",
    ),
    "cluster_implausible": (
        "The group of records is implausible for one customer; a steward should look at it.",
        "Die Gruppe von Datensätzen ist für einen Kunden unglaubhaft; jemand sollte sie ansehen.",
    ),
    "bridge_cut": (
        "A single weak link joined two groups of records and was cut.",
        "Eine einzelne schwache Verbindung zwischen zwei Gruppen von Datensätzen wurde getrennt.",
    ),
    "conflict_kept_apart": (
        "Records alike in much were kept apart because facts contradict one another.",
        "Ähnliche Datensätze blieben getrennt, weil sich Angaben widersprechen.",
    ),
    "block_cut": (
        "A value occurs so often that not all records with it were compared.",
        "Ein Wert kommt so oft vor, dass nicht alle Datensätze mit ihm verglichen wurden.",
    ),
    "model_not_converged": (
        "The matching model did not settle; its figures are less certain.",
        "Das Abgleichmodell kam nicht zur Ruhe; seine Zahlen sind weniger sicher.",
    ),
}
_CONSENT: dict[str, tuple[str, str]] = {
    "consent_no_person": (
        "The consent event names neither a record nor a contact point.",
        "Das Einwilligungsereignis nennt weder Datensatz noch Adresse oder Nummer.",
    ),
    "consent_unknown_person": (
        "The consent event belongs to nobody who is known.",
        "Das Einwilligungsereignis gehört zu niemandem, der bekannt ist.",
    ),
    "consent_no_channel": (
        "The consent event names no known channel.",
        "Das Einwilligungsereignis nennt keinen bekannten Kanal.",
    ),
    "consent_unknown_event": (
        "The kind of consent event is not known.",
        "Die Art des Einwilligungsereignisses ist unbekannt.",
    ),
    "consent_unknown_purpose": (
        "The purpose of the consent event is not known.",
        "Der Zweck des Einwilligungsereignisses ist unbekannt.",
    ),
    "consent_bad_date": (
        "The date of the consent event cannot be read.",
        "Das Datum des Einwilligungsereignisses ist nicht lesbar.",
    ),
    "consent_future": (
        "The consent event lies in the future.",
        "Das Einwilligungsereignis liegt in der Zukunft.",
    ),
    "consent_undated_grant": (
        "A consent without a date proves nothing.",
        "Eine Einwilligung ohne Datum beweist nichts.",
    ),
    "consent_no_evidence": (
        "A consent without evidence proves nothing.",
        "Eine Einwilligung ohne Nachweis beweist nichts.",
    ),
    "consent_duplicate": (
        "The same consent event occurs several times and counts once.",
        "Dasselbe Einwilligungsereignis kommt mehrfach vor und zählt einmal.",
    ),
    "consent_legacy_claim": (
        "A mere flag claims a consent without proof; it allows nothing.",
        "Ein bloßes Kennzeichen behauptet eine Einwilligung ohne Beleg; es erlaubt nichts.",
    ),
    "consent_conflict": (
        "Sources contradict one another on a consent; the refusal holds.",
        "Quellen widersprechen sich bei einer Einwilligung; die Ablehnung gilt.",
    ),
    "consent_any_grant": (
        "A consent to all channels or purposes at once is too vague to allow anything.",
        "Eine Einwilligung in alle Kanäle oder Zwecke zugleich ist zu unbestimmt, um etwas zu erlauben.",
    ),
    "consent_denial_by_merge": (
        "A refusal reaches the customer through a record that was merged into it.",
        "Eine Ablehnung erreicht den Kunden über einen Datensatz, der mit ihm zusammengeführt wurde.",
    ),
}
_MERGE: dict[str, tuple[str, str]] = {
    "value_conflict": (
        "The records of one customer contradict one another in this field; the chosen value is shown first.",
        "Die Datensätze eines Kunden widersprechen sich in diesem Feld; der gewählte Wert steht vorn.",
    ),
}
# fmt: on
_GROUPS = (
    _ALL,
    _NAME,
    _COMPANY,
    _ADDRESS,
    _PHONE,
    _EMAIL,
    _DATE,
    _IDENTIFIER,
    _FILE,
    _MATCH,
    _CONSENT,
    _MERGE,
)
SENTENCES: dict[str, tuple[str, str]] = {
    f"issues.{code}": pair for group in _GROUPS for code, pair in group.items()
}
