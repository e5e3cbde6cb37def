from django.apps import AppConfig
from django.conf import settings


class Reports(AppConfig):
    name = "reports"

    def ready(self) -> None:
        """A process without its bundle must not start: it would find out at the first report."""
        from reports.vault import bundle

        readers = {
            "public": bundle.public,
            "staff": bundle.staff,
            "worker": bundle.worker,
            "mail": bundle.mail,
        }
        if settings.ROLE in readers:
            try:
                readers[settings.ROLE]()
            except bundle.Refused as refused:
                raise SystemExit(f"baken: {refused}") from None
