"""Results to files: csv, jsonl, xlsx, and the folder that is replaced as a whole."""

from crmclean.write.csv_files import CsvFormat, csv_chunks, write_csv
from crmclean.write.folder import Writer, write_folder
from crmclean.write.guard import guard, unguard
from crmclean.write.jsonl import write_jsonl
from crmclean.write.one_file import write_file
from crmclean.write.parquet import write_parquet
from crmclean.write.result import ResultFolder, write_result
from crmclean.write.sheets import result_sheets
from crmclean.write.sql import SQL_TABLES, Upserted, upsert_tables
from crmclean.write.standard_output import write_stdout
from crmclean.write.target import MARKER, check_folder
from crmclean.write.vcard import write_vcard
from crmclean.write.words import issue_sentence, issue_sentences, title, word
from crmclean.write.writeback import SourceFile, source_files
from crmclean.write.xlsx import Sheet, write_workbook

__all__ = [
    "MARKER",
    "SQL_TABLES",
    "CsvFormat",
    "ResultFolder",
    "Sheet",
    "SourceFile",
    "Upserted",
    "Writer",
    "check_folder",
    "csv_chunks",
    "guard",
    "issue_sentence",
    "issue_sentences",
    "result_sheets",
    "source_files",
    "title",
    "unguard",
    "upsert_tables",
    "word",
    "write_csv",
    "write_file",
    "write_folder",
    "write_jsonl",
    "write_parquet",
    "write_result",
    "write_stdout",
    "write_vcard",
    "write_workbook",
]
