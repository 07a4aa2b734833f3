"""`python -m tests.bench.django_peer DATABASE FILE plain|hooked`: import the file with django-import-export.

In bulk mode, into a fresh SQLite database; prints seconds and counts as JSON. It is a program of its own, since Django
wants a process for itself.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import django
from django.conf import settings

database, source, kind = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
database.unlink(missing_ok=True)
settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(database),
            "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL"},
        }
    },
    INSTALLED_APPS=["import_export"],
    USE_TZ=True,
)
django.setup()

import tablib  # noqa: E402 - Django wants to be set up first
from django.core.validators import MaxValueValidator, MinValueValidator  # noqa: E402
from django.db import connection, models  # noqa: E402
from import_export import resources  # noqa: E402

CITIES = ("Oslo", "Lima", "Kyoto", "Porto", "Quito", "Riga", "Accra", "Turin")


class Product(models.Model):
    """The same columns and checks as the portal's importer `products`."""

    sku = models.CharField(max_length=20, primary_key=True)
    name = models.TextField()
    contact = models.EmailField(null=True, blank=True)
    quantity = models.IntegerField(validators=[MinValueValidator(0), MaxValueValidator(10_000)])
    price = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0)])
    day = models.DateField(null=True, blank=True)
    city = models.CharField(max_length=20, null=True, blank=True, choices=[(city, city) for city in CITIES])

    class Meta:
        app_label = "products"


class Products(resources.ModelResource):
    """As fast as its documentation makes it: bulk, no diff, no report of unchanged rows, no look-up of old ones."""

    class Meta:
        model = Product
        import_id_fields = ("sku",)
        use_bulk = True
        batch_size = 1_000
        skip_diff = True
        skip_html_diff = True
        report_skipped = False
        force_init_instance = True
        clean_model_instances = True
        use_transactions = False  # with one, a single bad row would take all others back

    def before_import_row(self, row: dict[str, Any], **_options: Any) -> None:
        if kind == "hooked":
            row["name"] = row["name"].upper()


with connection.schema_editor() as editor:
    editor.create_model(Product)

start = time.perf_counter()
data = tablib.Dataset().load(source.read_text(), format="csv")
result = Products().import_data(data, raise_errors=False, collect_failed_rows=False)
seconds = time.perf_counter() - start
failed = len(result.invalid_rows) + len(result.error_rows)
print(json.dumps({"seconds": seconds, "imported": Product.objects.count(), "failed": failed}))
