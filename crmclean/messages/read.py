"""Sentences of read: key -> (English, German)."""

from __future__ import annotations

__all__ = ["SENTENCES"]

SENTENCES: dict[str, tuple[str, str]] = {
    # --- files that are refused (formats); each with a hint under ".hint" ---
    "read.format.missing": ("there is no file {file}", "die Datei {file} gibt es nicht"),
    "read.format.missing.hint": ("check folder and spelling", "Ordner und Schreibweise prüfen"),
    "read.format.missing_near": ("there is no file {file}", "die Datei {file} gibt es nicht"),
    "read.format.missing_near.hint": ("did you mean {near}?", "meinten Sie {near}?"),
    "read.format.folder_missing": (
        "there is no file {file}: the folder {folder} does not exist",
        "die Datei {file} gibt es nicht: den Ordner {folder} gibt es nicht",
    ),
    "read.format.folder_missing.hint": ("check folder and spelling", "Ordner und Schreibweise prüfen"),
    "read.format.directory": ("{file} is a folder, not a file", "{file} ist ein Ordner, keine Datei"),
    "read.format.directory.hint": (
        "name the files in it, or a pattern such as {file}/*.csv",
        "die Dateien darin nennen oder ein Muster wie {file}/*.csv",
    ),
    "read.format.permission": (
        "{file} may not be read (no permission)",
        "{file} darf nicht gelesen werden (keine Berechtigung)",
    ),
    "read.format.permission.hint": (
        "close it in other programs or ask for the right to read it",
        "in anderen Programmen schließen oder Leserecht geben lassen",
    ),
    "read.format.unreadable": ("{file} cannot be read: {cause}", "{file} ist nicht lesbar: {cause}"),
    "read.format.unreadable.hint": (
        "check the disk or the network drive",
        "Datenträger oder Netzlaufwerk prüfen",
    ),
    "read.format.empty": ("{file} is empty", "{file} ist leer"),
    "read.format.empty.hint": ("export it again", "die Datei noch einmal exportieren"),
    "read.format.binary": (
        "{file} is not a text table: it holds binary data",
        "{file} ist keine Texttabelle: die Datei enthält Binärdaten",
    ),
    "read.format.binary.hint": (
        "export it as CSV (UTF-8) or as Excel workbook (xlsx)",
        "als CSV (UTF-8) oder als Excel-Arbeitsmappe (xlsx) exportieren",
    ),
    "read.format.foreign": (
        "{file} is not a table but {kind}",
        "{file} ist keine Tabelle, sondern {kind}",
    ),
    "read.format.foreign.hint": (
        "export the data as CSV (UTF-8) or as Excel workbook (xlsx)",
        "die Daten als CSV (UTF-8) oder als Excel-Arbeitsmappe (xlsx) exportieren",
    ),
    "read.format.markup": (
        "{file} is a web page or XML, not a table, whatever its ending says",
        "{file} ist eine Webseite oder XML, keine Tabelle, auch wenn die Endung anderes sagt",
    ),
    "read.format.markup.hint": (
        "open it in Excel and save it as workbook (xlsx)",
        "in Excel öffnen und als Arbeitsmappe (xlsx) speichern",
    ),
    "read.format.archive_broken": (
        "the archive {file} is damaged or cut off",
        "das Archiv {file} ist beschädigt oder abgeschnitten",
    ),
    "read.format.archive_broken.hint": (
        "copy or download it again",
        "noch einmal kopieren oder herunterladen",
    ),
    "read.format.archive_locked": (
        "the archive {file} is protected by a password",
        "das Archiv {file} ist mit einem Kennwort geschützt",
    ),
    "read.format.archive_locked.hint": ("unpack it first", "zuerst entpacken"),
    "read.format.archive_swells": (
        "the archive {file} unpacks to more than 300 times its size",
        "das Archiv {file} wird entpackt mehr als 300-mal so groß",
    ),
    "read.format.archive_swells.hint": (
        "unpack it yourself if you trust it",
        "selbst entpacken, wenn Sie der Datei trauen",
    ),
    "read.format.archive_empty": (
        "the archive {file} holds no file",
        "das Archiv {file} enthält keine Datei",
    ),
    "read.format.archive_empty.hint": ("check what was packed", "prüfen, was gepackt wurde"),
    "read.format.encoding_unknown": (
        "the encoding {encoding!r} given for {file} does not exist",
        "die für {file} angegebene Kodierung {encoding!r} gibt es nicht",
    ),
    "read.format.encoding_unknown.hint": (
        "usual ones: utf-8, cp1252, cp850, mac-roman, utf-16",
        "üblich sind: utf-8, cp1252, cp850, mac-roman, utf-16",
    ),
    "read.format.encoding_wrong": (
        "{file} is not {encoding}: line {line} cannot be read so",
        "{file} ist nicht {encoding}: Zeile {line} ist so nicht lesbar",
    ),
    "read.format.encoding_wrong.hint": (
        "leave the encoding out of the configuration, then it is found",
        "die Kodierung in der Konfiguration weglassen, dann wird sie ermittelt",
    ),
    "read.format.workbook_broken": (
        "{file} is not a readable workbook: damaged, cut off or in another format",
        "{file} ist keine lesbare Arbeitsmappe: beschädigt, abgeschnitten oder in anderem Format",
    ),
    "read.format.workbook_broken.hint": (
        "open it in Excel or LibreOffice and save it again as xlsx",
        "in Excel oder LibreOffice öffnen und neu als xlsx speichern",
    ),
    "read.format.workbook_locked": (
        "the workbook {file} is protected by a password",
        "die Arbeitsmappe {file} ist mit einem Kennwort geschützt",
    ),
    "read.format.workbook_locked.hint": (
        "save it without a password",
        "ohne Kennwort speichern",
    ),
    "read.format.workbook_empty": (
        "no sheet of {file} holds data",
        "kein Blatt von {file} enthält Daten",
    ),
    "read.format.workbook_empty.hint": ("export it again", "die Datei noch einmal exportieren"),
    "read.format.vcard_none": ("{file} holds no vCard", "{file} enthält keine vCard"),
    "read.format.vcard_none.hint": (
        "a card begins with BEGIN:VCARD; export the contacts again",
        "eine Karte beginnt mit BEGIN:VCARD; die Kontakte noch einmal exportieren",
    ),
    "read.format.json_broken": (
        "{file} is not valid JSON (line {line})",
        "{file} ist kein gültiges JSON (Zeile {line})",
    ),
    "read.format.json_broken.hint": (
        "expected: one object per line, or one array of objects; the file may be cut off",
        "erwartet: ein Objekt je Zeile oder ein Array von Objekten; die Datei ist vielleicht abgeschnitten",
    ),
    "read.format.json_shape": (
        "{file} holds no list of objects",
        "{file} enthält keine Liste von Objekten",
    ),
    "read.format.json_shape.hint": (
        "expected: one object per line, or one array of objects",
        "erwartet: ein Objekt je Zeile oder ein Array von Objekten",
    ),
    "read.format.parquet_broken": (
        "{file} is not a readable Parquet file: damaged or cut off",
        "{file} ist keine lesbare Parquet-Datei: beschädigt oder abgeschnitten",
    ),
    "read.format.parquet_broken.hint": ("write or copy it again", "noch einmal schreiben oder kopieren"),
    "read.format.frame_broken": (
        "the table {file} that was handed over cannot be read as a frame",
        "die übergebene Tabelle {file} ist nicht als Frame lesbar",
    ),
    "read.format.frame_broken.hint": (
        "hand over a pandas, polars or pyarrow table, or a path",
        "eine Tabelle von pandas, polars oder pyarrow übergeben oder einen Pfad",
    ),
    "read.format.sqlite_file": (
        "{file} is an SQLite database, not a table",
        "{file} ist eine SQLite-Datenbank, keine Tabelle",
    ),
    "read.format.sqlite_file.hint": (
        "name a table or a query in it: sqlite:///{file}#TABLE",
        "eine Tabelle oder Abfrage darin nennen: sqlite:///{file}#TABELLE",
    ),
    "read.format.sql_extra": (
        "the database query {file} needs SQLAlchemy, which is not installed",
        "die Datenbankabfrage {file} braucht SQLAlchemy, das nicht installiert ist",
    ),
    "read.format.sql_extra.hint": ('pip install "crmclean[sql]"', 'pip install "crmclean[sql]"'),
    "read.format.sql_driver": (
        "the driver {kind} for the database of {file} is not installed",
        "der Treiber {kind} für die Datenbank von {file} ist nicht installiert",
    ),
    "read.format.sql_driver.hint": ("pip install {kind}", "pip install {kind}"),
    "read.format.sql_dialect": (
        "{kind} is no kind of database that SQLAlchemy knows ({file})",
        "{kind} ist keine Datenbankart, die SQLAlchemy kennt ({file})",
    ),
    "read.format.sql_dialect.hint": (
        "such as sqlite, postgresql+psycopg, mysql+pymysql, mssql+pyodbc; others need a package of their own",
        "etwa sqlite, postgresql+psycopg, mysql+pymysql, mssql+pyodbc; andere brauchen ein eigenes Paket",
    ),
    "read.format.sql_url": (
        "the database URL of {file} cannot be understood",
        "die Datenbank-URL von {file} ist nicht verständlich",
    ),
    "read.format.sql_url.hint": (
        "the form is kind://user:password@host/database; special characters in a password are written as %40",
        "die Form ist art://benutzer:kennwort@rechner/datenbank; Sonderzeichen im Kennwort schreibt man als %40",
    ),
    "read.format.sql_no_query": (
        "the database URL of {file} names no table and no query",
        "die Datenbank-URL von {file} nennt keine Tabelle und keine Abfrage",
    ),
    "read.format.sql_no_query.hint": (
        "put it behind #: sqlite:///shop.db#SELECT * FROM customers (config: sql_query)",
        "hinter # angeben: sqlite:///shop.db#SELECT * FROM kunden (Konfiguration: sql_query)",
    ),
    "read.format.sql_no_database": (
        "what was handed over with the query {file} is no database",
        "was mit der Abfrage {file} übergeben wurde, ist keine Datenbank",
    ),
    "read.format.sql_no_database.hint": (
        "hand over a database URL, or an engine or a connection of SQLAlchemy",
        "eine Datenbank-URL übergeben oder eine Engine oder Verbindung von SQLAlchemy",
    ),
    "read.format.sql_no_rows": (
        "the query {file} is none that gives rows",
        "die Abfrage {file} ist keine, die Zeilen liefert",
    ),
    "read.format.sql_no_rows.hint": ("write a SELECT", "ein SELECT schreiben"),
    "read.format.sql_failed": (
        "the database refused the query {file}: {cause}",
        "die Datenbank hat die Abfrage {file} abgelehnt: {cause}",
    ),
    "read.format.sql_failed.hint": (
        "check host, rights and query; names of tables and columns are spelt as in the database",
        "Rechner, Rechte und Abfrage prüfen; Tabellen und Spalten heißen wie in der Datenbank",
    ),
    "read.format.sql_value": (
        "a value of the query {file} cannot be handed over by the driver",
        "einen Wert der Abfrage {file} kann der Treiber nicht übergeben",
    ),
    "read.format.sql_value.hint": (
        "such as a date before year 1 or 'infinity': turn that column into text in the query",
        "etwa ein Datum vor dem Jahr 1 oder 'infinity': diese Spalte in der Abfrage in Text umwandeln",
    ),
    "read.format.source_changed": (
        "{file} has other columns and other ids than the source {source} had so far",
        "{file} hat andere Spalten und andere Kennungen als die Quelle {source} bisher",
    ),
    "read.format.source_changed.hint": (
        "--source {source}={file} says that it is this source, --source NAME={file} that it is a new one",
        "--source {source}={file} sagt, dass es diese Quelle ist, --source NAME={file}, dass es eine neue ist",
    ),
    "read.format.source_doubtful": (
        "{file} may be the next part of {sources}, or a new source: same columns, but ids do not tell",
        "{file} kann der nächste Teil von {sources} sein oder eine neue Quelle: gleiche Spalten, die Kennungen entscheiden es nicht",
    ),
    "read.format.source_doubtful.hint": (
        "--source {source}={file} if it is that source, --source {name}={file} if it is a new one",
        "--source {source}={file}, wenn es diese Quelle ist, --source {name}={file}, wenn es eine neue ist",
    ),
    # --- end of formats ---
    "read.loss": (
        "the snapshot {source} has lost {missing} of {known} records ({percent} %)",
        "im Abzug {source} fehlen {missing} von {known} Datensätzen ({percent} %)",
    ),
    "read.loss.hint": (
        "--allow-loss takes them as gone; if the file is only what changed: mode = 'delta' in [read.sources.{source}]",
        "--allow-loss nimmt sie als gelöscht; enthält die Datei nur Änderungen: mode = 'delta' in [read.sources.{source}]",
    ),
    # --- what was recognised (map) ---
    "read.map.role.customers": ("customer records", "Kundensätze"),
    "read.map.role.consents": ("consent events", "Einwilligungen"),
    "read.map.role.touchpoints": ("contacts on a channel", "Kontakte auf einem Kanal"),
    "read.map.role.orders": ("orders", "Aufträge"),
    "read.map.role.opportunities": ("sales cases", "Verkaufschancen"),
    "read.map.role.tasks": ("tasks", "Aufgaben"),
    "read.map.role.qualifications": ("segmenting facts", "Merkmale"),
    "read.map.role.unknown": ("not understood", "nicht verstanden"),
    "read.map.reason.profile": ("known export", "bekannter Export"),
    "read.map.reason.alias": ("by its header", "nach der Überschrift"),
    "read.map.reason.values": ("by its values", "nach den Werten"),
    "read.map.reason.config": ("configured", "eingestellt"),
    "read.map.reason.sensitive": ("sensitive, left unread", "sensibel, nicht gelesen"),
    "read.map.reason.note": ("free text, left unread", "freier Text, nicht gelesen"),
    "read.map.reason.unknown": ("not recognised", "nicht erkannt"),
    "read.map.reason.duplicate": ("said by another column", "von anderer Spalte gesagt"),
    # --- end of map ---
}
