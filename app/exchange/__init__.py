"""
Data in and out as files.

    import_file(store.writer, Path("session.har"))    # HAR, bodies, events, exports, bundles
    csv_rows(store.events.export(chosen))             # CSV that is safe to open
"""

from app.exchange.csvtext import csv_rows
from app.exchange.importing import Progress, import_file
from app.exchange.reading import captures_from
from app.exchange.report import ImportReport, Skipped

__all__ = ["ImportReport", "Progress", "Skipped", "captures_from", "csv_rows", "import_file"]
