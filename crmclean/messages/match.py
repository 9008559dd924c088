"""Sentences of matching: what each agreement level says, and the reasons built from them."""

from __future__ import annotations

__all__ = ["SENTENCES"]

_FILLED: dict[str, tuple[str, str]] = {
    "same_gaps": ("both or neither have {0}", "beide haben {0} oder keiner"),
    "one_sided": (
        "only one of the two has {0}, unlike most copies here",
        "nur einer der beiden hat {0}, anders als die meisten Kopien hier",
    ),
}
_ORGANIZATION: dict[str, tuple[str, str]] = {
    "email": ("an e-mail address", "eine E-Mail-Adresse"),
    "phone": ("a telephone number", "eine Telefonnummer"),
    "street": ("a street", "eine Straße"),
    "place": ("a postcode or town", "PLZ oder Ort"),
    "customer_no": ("a customer number", "eine Kundennummer"),
    "other_id": ("a further identifier", "eine weitere Kennung"),
}
_PRESENCE: dict[str, dict[str, tuple[str, str]]] = {
    "person": {
        **_ORGANIZATION,
        "handle": ("a user name", "einen Benutzernamen"),
        "birth": ("a birth date", "ein Geburtsdatum"),
        "middle": ("a further given name", "einen weiteren Vornamen"),
        "national_id": ("an identity number", "eine Ausweis- oder Versicherungsnummer"),
        "organization": ("a company", "eine Firma"),
    },
    "organization": {
        **_ORGANIZATION,
        "vat_id": ("a VAT or register number", "eine USt-IdNr. oder Registernummer"),
    },
}
"""What records have or lack, per kind; `match.presence` names the facts."""
SENTENCES: dict[str, tuple[str, str]] = {
    "match.merges_far_more": (
        "the run would merge {merged} of {known} known customers into others ({percent} %)",
        "der Lauf würde {merged} von {known} bekannten Kunden mit anderen zusammenführen ({percent} %)",
    ),
    "match.merges_hint": (
        "nothing was saved; look at the new files, or allow it with --max-merge-share 1",
        "nichts wurde gespeichert; die neuen Dateien prüfen oder mit --max-merge-share 1 zulassen",
    ),
    "match.refused.model_implausible": (
        "the model is implausible: its {field} is {percent}",
        "das Modell ist unglaubhaft: {field} beträgt {percent}",
    ),
    "match.refused.model_implausible.hint": (
        "train it again on these data (crmclean train), or leave --model out",
        "mit diesen Daten neu trainieren (crmclean train) oder --model weglassen",
    ),
    "match.refused.field_decides": (
        "one field decides alone: {field} makes {percent} of the matches against everything else",
        "ein Feld entscheidet allein: {field} bewirkt {percent} der Treffer gegen alles andere",
    ),
    "match.refused.field_decides.hint": (
        "look at that column: it may hold the same value for many; leave it out with columns = {{...}}",
        "die Spalte prüfen: vielleicht steht bei vielen derselbe Wert; mit columns = {{...}} weglassen",
    ),
    "match.refused.values_misplaced": (
        "rows are shifted: {percent} of the records ({count}) have values in wrong columns",
        "Zeilen sind verschoben: {percent} der Datensätze ({count}) haben Werte in falschen Spalten",
    ),
    "match.refused.values_misplaced.hint": (
        "look for rows with a delimiter too many or too few, for swapped columns, and for files of another column order appended",
        "Zeilen mit einem Trennzeichen zu viel oder zu wenig suchen, vertauschte Spalten, angehängte Dateien mit anderer Spaltenfolge",
    ),
    "match.refused.names_shifted": (
        "names and e-mail addresses are shifted: {percent} of the addresses fit the name some rows away",
        "Namen und E-Mail-Adressen sind verschoben: {percent} der Adressen passen zum Namen einige Zeilen weiter",
    ),
    "match.refused.names_shifted.hint": (
        "a column was sorted or pasted without the others: export the data again",
        "eine Spalte wurde ohne die anderen sortiert oder eingefügt: die Daten neu exportieren",
    ),
    "match.refused.cluster_implausible": (
        "{percent} of the records ({count}) would fall into implausibly large clusters",
        "{percent} der Datensätze ({count}) fielen in unglaubhaft große Gruppen",
    ),
    "match.refused.cluster_implausible.hint": (
        "a column seems to hold the same for all: see --columns, and leave it out with columns = {{...}}",
        "eine Spalte enthält wohl bei allen dasselbe: --columns zeigt sie, columns = {{...}} lässt sie weg",
    ),
    "match.refused.doubtful": (
        "the data are implausible in part: {found}",
        "die Daten sind zum Teil unglaubhaft: {found}",
    ),
    "match.refused.doubtful.hint": (
        "without --strict the run goes on; what was left out of matching is listed in issues.csv",
        "ohne --strict geht der Lauf weiter; was beim Abgleich außer Betracht blieb, steht in issues.csv",
    ),
    "match.refused.clusters": (
        "{count} clusters are implausible; the largest has {largest} records",
        "{count} Gruppen sind unglaubhaft; die größte hat {largest} Datensätze",
    ),
    "match.refused.clusters.hint": (
        "without --strict they are left unmerged and listed in issues.csv as cluster_implausible",
        "ohne --strict bleiben sie getrennt und stehen in issues.csv als cluster_implausible",
    ),
    "match.model_unreadable": (
        "the model {file} cannot be read",
        "das Modell {file} ist nicht lesbar",
    ),
    "match.model_unreadable.hint": ("crmclean train writes one", "crmclean train schreibt eines"),
    "match.no_model": ("the model file is not a model", "die Modelldatei ist kein Modell"),
    "match.no_model.hint": ("crmclean train writes one", "crmclean train schreibt eines"),
    "match.labels_unknown": (
        "the labels name no two records of this data",
        "die Labels nennen keine zwei Datensätze dieser Daten",
    ),
    "match.labels_unknown.hint": (
        "labels need source and record_id as in crosswalk.csv",
        "Labels brauchen source und record_id wie in crosswalk.csv",
    ),
    "match.reason.both": ("{agree}; but {differ}", "{agree}; aber {differ}"),
    "match.reason.nothing": ("nothing to compare", "nichts zu vergleichen"),
    "match.outcome.merged": ("merged", "zusammengeführt"),
    "match.outcome.kept_apart": (
        "kept apart, because it would join records that contradict each other",
        "getrennt gehalten, weil sich sonst widersprechende Datensätze vereint würden",
    ),
    "match.outcome.below_threshold": ("not certain enough to merge", "nicht sicher genug zum Zusammenführen"),
    "match.level.person.family.equal": ("same family name", "gleicher Familienname"),
    "match.level.person.family.spelling": (
        "family name spelled differently, sounds the same",
        "Familienname anders geschrieben, klingt gleich",
    ),
    "match.level.person.family.typo": ("family name with a slip", "Familienname mit Tippfehler"),
    "match.level.person.family.part": (
        "family name shares a part or is the name at birth",
        "Familienname teilweise gleich oder Geburtsname",
    ),
    "match.level.person.family.close": (
        "family name alike, yet both are common names",
        "Familienname ähnlich, aber beide sind geläufig",
    ),
    "match.level.person.family.alike": ("family name alike", "ähnlicher Familienname"),
    "match.level.person.family.swapped": ("family and given name swapped", "Vor- und Nachname vertauscht"),
    "match.level.person.family.different": ("different family name", "anderer Familienname"),
    "match.level.person.given.equal": ("same given name", "gleicher Vorname"),
    "match.level.person.given.nickname": ("short form of the given name", "Kurzform des Vornamens"),
    "match.level.person.given.initial": ("initial of the given name", "Anfangsbuchstabe des Vornamens"),
    "match.level.person.given.spelling": (
        "given name spelled differently, sounds the same",
        "Vorname anders geschrieben, klingt gleich",
    ),
    "match.level.person.given.typo": ("given name with a slip", "Vorname mit Tippfehler"),
    "match.level.person.given.middle": (
        "given name is a further name of the other",
        "Vorname ist weiterer Vorname des anderen",
    ),
    "match.level.person.given.close": (
        "given name alike, yet both are common names",
        "Vorname ähnlich, aber beide sind geläufig",
    ),
    "match.level.person.given.alike": ("given name alike or cut off", "Vorname ähnlich oder abgeschnitten"),
    "match.level.person.given.gendered": (
        "male and female form of the given name",
        "männliche und weibliche Form des Vornamens",
    ),
    "match.level.person.given.different": ("different given name", "anderer Vorname"),
    "match.level.person.middle.equal": ("same further name", "gleicher weiterer Vorname"),
    "match.level.person.middle.initial": (
        "initial of the further name",
        "Anfangsbuchstabe des weiteren Vornamens",
    ),
    "match.level.person.middle.different": ("different further name", "anderer weiterer Vorname"),
    "match.level.person.gender.equal": ("same gender", "gleiches Geschlecht"),
    "match.level.person.gender.different": ("different gender", "anderes Geschlecht"),
    "match.level.person.suffix.equal": ("same junior or senior", "gleicher Zusatz jun./sen."),
    "match.level.person.suffix.one_sided": (
        "junior or senior on one side only",
        "jun. oder sen. nur auf einer Seite",
    ),
    "match.level.person.suffix.different": ("junior and senior", "jun. und sen."),
    "match.level.person.birth.equal": ("same birth date", "gleiches Geburtsdatum"),
    "match.level.person.birth.swapped": (
        "birth date with day and month swapped",
        "Geburtsdatum mit vertauschtem Tag und Monat",
    ),
    "match.level.person.birth.typo": (
        "birth date with one digit wrong",
        "Geburtsdatum mit einer falschen Ziffer",
    ),
    "match.level.person.birth.part": ("birth date agrees in part", "Geburtsdatum teilweise gleich"),
    "match.level.person.birth.different": ("different birth date", "anderes Geburtsdatum"),
    "match.level.person.national_id.equal": (
        "same identity number",
        "gleiche Ausweis- oder Versicherungsnummer",
    ),
    "match.level.person.national_id.typo": (
        "identity number with a slip",
        "Ausweis- oder Versicherungsnummer mit Tippfehler",
    ),
    "match.level.person.national_id.different": (
        "different identity number",
        "andere Ausweis- oder Versicherungsnummer",
    ),
    "match.level.person.email.equal": ("same e-mail address", "gleiche E-Mail-Adresse"),
    "match.level.person.email.shared": (
        "same e-mail address, which several people use",
        "gleiche E-Mail-Adresse, die mehrere Personen nutzen",
    ),
    "match.level.person.email.typo": ("e-mail address with a slip", "E-Mail-Adresse mit Tippfehler"),
    "match.level.person.email.local": (
        "same name part of the e-mail address",
        "gleicher Namensteil der E-Mail-Adresse",
    ),
    "match.level.person.email.different": ("different e-mail address", "andere E-Mail-Adresse"),
    "match.level.person.phone.mobile": ("same mobile number", "gleiche Mobilnummer"),
    "match.level.person.phone.landline": ("same telephone number", "gleiche Telefonnummer"),
    "match.level.person.phone.shared": (
        "same telephone number, which several people use",
        "gleiche Telefonnummer, die mehrere Personen nutzen",
    ),
    "match.level.person.phone.typo": (
        "telephone number with one digit wrong",
        "Telefonnummer mit einer falschen Ziffer",
    ),
    "match.level.person.phone.trunk": ("same switchboard", "gleiche Telefonzentrale"),
    "match.level.person.phone.different": ("different telephone number", "andere Telefonnummer"),
    "match.level.person.handle.equal": ("same user name", "gleicher Benutzername"),
    "match.level.person.handle.different": ("different user name", "anderer Benutzername"),
    "match.level.person.address.full": ("same address", "gleiche Anschrift"),
    "match.level.person.address.near": (
        "address with a slip or a gap",
        "Anschrift mit Tippfehler oder Lücke",
    ),
    "match.level.person.address.place": ("same place", "gleicher Ort"),
    "match.level.person.address.moved": ("same place, different street", "gleicher Ort, andere Straße"),
    "match.level.person.address.different": ("different place", "anderer Ort"),
    "match.level.person.organization.equal": ("same company", "gleiche Firma"),
    "match.level.person.organization.near": ("company name alike", "ähnlicher Firmenname"),
    "match.level.person.organization.different": ("different company", "andere Firma"),
    "match.level.person.customer_no.equal": ("same customer number", "gleiche Kundennummer"),
    "match.level.person.customer_no.different": ("different customer number", "andere Kundennummer"),
    "match.level.person.other_id.equal": ("same further identifier", "gleiche weitere Kennung"),
    "match.level.person.other_id.typo": ("further identifier with a slip", "weitere Kennung mit Tippfehler"),
    "match.level.person.other_id.different": ("different further identifier", "andere weitere Kennung"),
    "match.level.organization.name.equal": ("same company name", "gleicher Firmenname"),
    "match.level.organization.name.words": (
        "same words in the company name, in another order",
        "gleiche Wörter im Firmennamen, andere Reihenfolge",
    ),
    "match.level.organization.name.typo": ("company name with a slip", "Firmenname mit Tippfehler"),
    "match.level.organization.name.near": (
        "company name shares its distinctive words",
        "Firmenname mit gleichen unterscheidenden Wörtern",
    ),
    "match.level.organization.name.different": ("different company name", "anderer Firmenname"),
    "match.level.organization.legal_form.equal": ("same legal form", "gleiche Rechtsform"),
    "match.level.organization.legal_form.different": ("different legal form", "andere Rechtsform"),
    "match.level.organization.vat_id.equal": (
        "same VAT or register number",
        "gleiche USt-IdNr. oder Registernummer",
    ),
    "match.level.organization.vat_id.different": (
        "different VAT or register number",
        "andere USt-IdNr. oder Registernummer",
    ),
    "match.level.organization.email.equal": ("same e-mail address", "gleiche E-Mail-Adresse"),
    "match.level.organization.email.shared": (
        "same e-mail address, which several companies use",
        "gleiche E-Mail-Adresse, die mehrere Firmen nutzen",
    ),
    "match.level.organization.email.different": ("different e-mail address", "andere E-Mail-Adresse"),
    "match.level.organization.domain.equal": ("same e-mail domain", "gleiche E-Mail-Domain"),
    "match.level.organization.domain.different": ("different e-mail domain", "andere E-Mail-Domain"),
    "match.level.organization.phone.equal": ("same telephone number", "gleiche Telefonnummer"),
    "match.level.organization.phone.trunk": ("same switchboard", "gleiche Telefonzentrale"),
    "match.level.organization.phone.typo": (
        "telephone number with one digit wrong",
        "Telefonnummer mit einer falschen Ziffer",
    ),
    "match.level.organization.phone.different": ("different telephone number", "andere Telefonnummer"),
    "match.level.organization.address.full": ("same address", "gleiche Anschrift"),
    "match.level.organization.address.near": (
        "address with a slip or a gap",
        "Anschrift mit Tippfehler oder Lücke",
    ),
    "match.level.organization.address.place": ("same place", "gleicher Ort"),
    "match.level.organization.address.moved": ("same place, different street", "gleicher Ort, andere Straße"),
    "match.level.organization.address.different": ("different place", "anderer Ort"),
    "match.level.organization.customer_no.equal": ("same customer number", "gleiche Kundennummer"),
    "match.level.organization.customer_no.different": ("different customer number", "andere Kundennummer"),
    "match.level.organization.other_id.equal": ("same further identifier", "gleiche weitere Kennung"),
    "match.level.organization.other_id.typo": (
        "further identifier with a slip",
        "weitere Kennung mit Tippfehler",
    ),
    "match.level.organization.other_id.different": ("different further identifier", "andere weitere Kennung"),
    **{
        f"match.level.{kind}.has_{fact}.{level}": (english.format(one), german.format(other))
        for kind, facts in _PRESENCE.items()
        for fact, (one, other) in facts.items()
        for level, (english, german) in _FILLED.items()
    },
}
