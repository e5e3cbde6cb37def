from collections.abc import Callable

from django.apps import AppConfig
from django.conf import settings


class Reports(AppConfig):
    name = "reports"

    def ready(self) -> None:
        """Ends a process that has no bundle or could not open stored reports.

        Otherwise the fault would show only at the first report.
        """
        from reports.sealing import self_test
        from reports.vault import bundle

        try:
            self_test.run()
        except self_test.SelfTestFailed as failed:
            raise SystemExit(f"baken: {failed}") from None

        if settings.ROLE == "worker":
            from reports.evidence import malware

            try:
                malware.refuse_disk()
            except malware.OnDisk as refused:
                raise SystemExit(f"baken: {refused}") from None

        readers: dict[str, Callable[[], bundle.Bundle]] = {
            "public": bundle.public,
            "staff": bundle.staff,
            "worker": bundle.worker,
            "mail": bundle.mail,
        }
        if settings.ROLE in readers:
            try:
                readers[settings.ROLE]()
            except bundle.BundleRefused as refused:
                raise SystemExit(f"baken: {refused}") from None
