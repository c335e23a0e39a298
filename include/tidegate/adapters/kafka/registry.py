"""A schema registry, asked in Confluent's API for the schemas of subjects, and what its errors mean."""

import json
import re
import ssl
from base64 import b64encode
from collections.abc import Iterable, Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, Request, build_opener

from tidegate.adapters.kafka.clients import REGISTRY_URL as URL
from tidegate.adapters.kafka.clients import REGISTRY_USER as USER
from tidegate.adapters.kafka.clients import Settings
from tidegate.adapters.kafka.ranges import Pinned
from tidegate.adapters.kafka.references import whole
from tidegate.api.formats import Avro
from tidegate.errors import ConfigurationError, TidegateError, UnavailableError

ANSWER_S = 10.0
_NO_SUBJECT = 40401
_BUSY = {408, 425, 429}
_ADDRESS = re.compile(r"https?://([\w.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?(/[^?#@,\s]*)?")


class Registry:
    """The schemas of one source's values.

    Args:
        avro: how they are written, where their schemas are in a registry; None: there is nothing to ask for.
        settings: of the Kafka connection; `URL` and `USER` among them say where the registry is, and who asks.
        pipeline: for messages.
    """

    def __init__(self, avro: Avro | None, settings: Settings, pipeline: str) -> None:
        self._avro = avro
        self._url = settings.get(URL, "").rstrip("/")
        self._user = settings.get(USER, "")
        self._pipeline = pipeline

    def pinned(self, topics: Iterable[str], before: Pinned) -> Pinned:
        """All that records of some topics can be written with, and what was pinned before.

        A subject costs one request for its versions, one for each that is new, and one for the newest that is not: what
        is deleted and made again has other numbers.

        Raises:
            ConfigurationError: the connection names no registry, or this one refuses, or lacks a subject, or has
                schemas in it that are not read.
            UnavailableError: it does not answer, within `ANSWER_S` a request.
        """
        if self._avro is None:
            return before
        self._check()
        schemas, versions = dict(before.schemas), dict(before.versions)
        for subject in self._avro.subjects or sorted(f"{topic}-value" for topic in topics):
            versions[subject] = self._versions(subject, before, schemas)
        return Pinned(schemas, versions)

    def _versions(self, subject: str, before: Pinned, schemas: dict[int, str]) -> dict[int, int]:
        """The numbers of a subject's schemas by version; texts that are new come into `schemas`."""
        path = f"/subjects/{quote(subject, safe='')}/versions"
        listed = self._asked(path, subject)
        if not isinstance(listed, list) or not all(isinstance(version, int) for version in listed):
            raise self._strange()
        known = {v: number for v, number in before.versions.get(subject, {}).items() if v in listed}
        if known:
            newest = max(known)
            number, text = self._schema(path, subject, newest)
            if (number, text) != (known[newest], before.schemas.get(number)):
                known = {}
        for version in listed:
            if version not in known:
                number, schemas[number] = self._schema(path, subject, version)
                known[version] = number
        return known

    def _schema(self, path: str, subject: str, version: int) -> tuple[int, str]:
        """The number and the text of a schema, which has in it those that it refers to."""
        found = self._asked(f"{path}/{version}", subject)
        number, text = (found.get("id"), found.get("schema")) if isinstance(found, dict) else (None, None)
        if not isinstance(number, int) or not isinstance(text, str):
            raise self._strange()
        if (kind := found.get("schemaType", "AVRO")) != "AVRO":
            raise self._unread(version, subject, f"is of type {kind}, not AVRO")
        if not found.get("references"):
            return number, text
        try:
            return number, whole(text, self._referred(found))
        except ValueError as e:
            raise self._unread(version, subject, f"is not complete by what it refers to ({e})") from e

    def _referred(self, schema: Mapping[str, Any]) -> dict[str, str]:
        """What a schema and those that it refers to refer to: texts by name."""
        texts, left = dict[str, str](), [schema]
        while left:
            for reference in left.pop().get("references") or ():
                if not isinstance(reference, dict) or not {"name", "subject", "version"} <= reference.keys():
                    raise self._strange()
                if (name := str(reference["name"])) in texts:
                    continue
                subject = str(reference["subject"])
                found = self._asked(f"/subjects/{quote(subject, safe='')}/versions/{reference['version']}", subject)
                if not isinstance(found, dict) or not isinstance(found.get("schema"), str):
                    raise self._strange()
                texts[name] = found["schema"]
                left.append(found)
        return texts

    def _unread(self, version: int, subject: str, problem: str) -> ConfigurationError:
        return ConfigurationError(
            f"{self._pipeline}: version {version} of the subject {subject!r} {problem}: name subjects without it in "
            "Avro(subjects=…), or read the values another way"
        )

    # -- requests

    def _check(self) -> None:
        if not self._url:
            raise ConfigurationError(
                f"{self._pipeline}: the values are Avro with the numbers of their schemas, but the Kafka connection "
                f"names no registry: add {URL} to its settings, or give the one schema of all values, Avro(schema=…)"
            )
        if not _ADDRESS.fullmatch(self._url):
            raise ConfigurationError(
                f"{self._pipeline}: {URL} of the Kafka connection must be one address, as https://HOST:8081; user and "
                f"password stand in {USER}, as USER:PASSWORD"
            )

    def _asked(self, path: str, subject: str) -> Any:
        """What is answered. Versions that were deleted softly belong to it, for records have them."""
        request = Request(f"{self._url}{path}?deleted=true", headers={"Accept": "application/json"})  # noqa: S310  (http)
        if self._user:
            request.add_header("Authorization", f"Basic {b64encode(self._user.encode()).decode()}")
        try:
            with _OPENER.open(request, timeout=ANSWER_S) as answer:
                said = answer.read()
        except HTTPError as e:
            with e:  # it is the answer, too
                raise self._refused(e, subject) from e
        except (OSError, HTTPException) as e:
            raise self._silent(e) from e
        try:
            return json.loads(said)
        except ValueError:
            raise self._strange() from None

    def _refused(self, error: HTTPError, subject: str) -> TidegateError:
        at = f"{self._pipeline}: the schema registry at {self._url}"
        if error.code in (401, 403):
            return ConfigurationError(
                f"{at} refuses (HTTP {error.code}): correct {USER} of the Kafka connection, and let that user read the "
                f"subject {subject!r}"
            )
        if error.code in _BUSY or error.code >= 500:
            return UnavailableError(f"{at} does not answer now: HTTP {error.code}")
        if error.code == 404 and _code(error) == _NO_SUBJECT:
            return ConfigurationError(
                f"{at} has no subject {subject!r}: register the schema of the values there, or name the subjects that "
                "have it in Avro(subjects=…)"
            )
        return self._strange(f" (HTTP {error.code})")

    def _silent(self, error: Exception) -> TidegateError:
        reason = error.reason if isinstance(error, URLError) else error
        at = f"{self._pipeline}: the schema registry at {self._url}"
        if isinstance(reason, ssl.SSLCertVerificationError):
            return ConfigurationError(
                f"{at} has a certificate that is not trusted ({reason.verify_message}): name the file of its authority "
                "in the environment variable SSL_CERT_FILE"
            )
        return UnavailableError(
            f"{at} does not answer: {reason or type(reason).__name__}. If it is elsewhere, correct {URL} of the Kafka "
            "connection"
        )

    def _strange(self, said: str = "") -> ConfigurationError:
        return ConfigurationError(
            f"{self._pipeline}: what is at {self._url} does not answer like a schema registry{said}: correct {URL} of "
            "the Kafka connection; a registry of Apicurio's has Confluent's API at /apis/ccompat/v7"
        )


def _code(error: HTTPError) -> Any:
    """The registry's own code."""
    try:
        found = json.loads(error.read())
    except (OSError, HTTPException, ValueError):
        return None
    return found.get("error_code") if isinstance(found, dict) else None


class _Stay(HTTPRedirectHandler):
    """Goes to no other address, which would get the password."""

    def redirect_request(self, *_: Any) -> None:
        """There is none: the answer is an error."""


_OPENER = build_opener(_Stay)
