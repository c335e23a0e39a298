"""Goal: what Spark reports is told apart by class, in one line that says where."""

import re
from pickle import PicklingError

import pytest
from grpc import StatusCode
from pyspark.errors import PySparkException, PySparkRuntimeError
from pyspark.errors.exceptions import connect

from tidegate.adapters.spark.failures import translate

STACK = "org.apache.spark.SparkException\n\tat a.b(C.scala:1)\nCaused by: java.io.EOFException: Unexpected end"


def spark(condition: str, state: str, message: str = "no", *, stack: str = "") -> PySparkException:
    """An error as the client makes one of the server's answer."""
    return connect.SparkException(
        f'[{condition}] {message} SQLSTATE: {state}\n== DataFrame ==\n"cast" was called from\n/x.py:1\n',
        errorClass=condition,
        messageParameters={},
        sql_state=state,
        server_stacktrace=stack,
        display_server_stacktrace=bool(stack),
    )


def told(message: str, status: StatusCode = StatusCode.INTERNAL) -> PySparkException:
    """An error without a class."""
    return connect.SparkConnectGrpcException(message, grpc_status_code=status)


def python(exception: str, *files: str) -> PySparkException:
    """What a Python worker raised; `files` are those of the traceback, the deepest last."""
    frames = "".join(f'  File "{f}", line 7, in work\n    x = 1\n        ^\n' for f in files)
    return connect.PythonException(
        message="\n  An exception was thrown from the Python worker. Please see the stack trace below.\n"
        "[PYTHON_EXCEPTION] An exception was thrown from the Python worker: Traceback (most recent call last):\n"
        f"{frames}{exception}\n SQLSTATE: 38000"
    )


OURS = "/venv/lib/python3.11/site-packages/tidegate/runtime/bucket.py"

CASES: list[tuple[PySparkException | PicklingError, str, str]] = [
    (
        spark("DIVIDE_BY_ZERO", "22012"),
        "user_function",
        r"^p: the pipeline's code failed on Spark: \[DIVIDE",
    ),
    (spark("USER_RAISED_EXCEPTION", "P0001", "bad row"), "user_function", "bad row"),
    (spark("FAILED_EXECUTE_UDF", "39000"), "user_function", ""),
    (spark("UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703"), "definition", "refuses the plan"),
    (spark("UNSUPPORTED_CALL.WITHOUT_SUGGESTION", "0A000"), "definition", ""),
    (spark("INVALID_CONF_VALUE.TYPE_MISMATCH", "22022"), "definition", ""),
    (
        spark("FAILED_READ_FILE.NO_HINT", "KD001", stack=STACK),
        "malformed_input",
        r"\(java.io.EOFException: Un.*\)$",
    ),
    (spark("FAILED_READ_FILE.FILE_NOT_EXIST", "KD001"), "source_gap", "a planned file is gone"),
    (spark("OPERATION_CANCELED", "HY008"), "unavailable", "interrupted"),
    (spark("SPARK_JOB_CANCELLED", "XXKDA"), "unavailable", "interrupted"),
    (spark("INVALID_HANDLE.SESSION_CLOSED", "HY000"), "unavailable", ""),
    (
        PySparkRuntimeError(
            errorClass="RESPONSE_ALREADY_RECEIVED", messageParameters={"error_type": "INVALID_HANDLE.SESSION_NOT_FOUND"}
        ),
        "unavailable",
        "SESSION_NOT_FOUND on the server but responses were already received",
    ),
    (spark("UNABLE_TO_ACQUIRE_MEMORY", "53200"), "unavailable", ""),
    (spark("SPILL_OUT_OF_MEMORY", "82003"), "unavailable", ""),
    (spark("TASK_WRITE_FAILED", "58030"), "unavailable", ""),
    (spark("INTERNAL_ERROR", "XX000"), "internal", "not known"),
    (spark("A_CONDITION_OF_LATER", "99999"), "internal", "not known"),
    (connect.AnalysisException("[_LEGACY_ERROR_TEMP_1] no"), "definition", "refuses the plan"),
    (connect.DateTimeException("[_LEGACY_ERROR_TEMP_2] no"), "user_function", ""),
    (connect.SparkRuntimeException("[_LEGACY_ERROR_TEMP_3] no"), "internal", ""),
    (told("gone", StatusCode.UNAVAILABLE), "unavailable", "does not answer"),
    (told("late", StatusCode.DEADLINE_EXCEEDED), "unavailable", ""),
    (told("who", StatusCode.UNAUTHENTICATED), "configuration", ""),
    (told("what", StatusCode.UNIMPLEMENTED), "configuration", ""),
    (told("Lost task 0.0: java.lang.OutOfMemoryError: Java heap space\n\tat x"), "unavailable", "space$"),
    (told("Lost task 0.0: Python worker exited unexpectedly (crashed)"), "unavailable", "worker died"),
    (told("Lost task 0.0: java.io.IOException: No space left on device"), "unavailable", "storage is full"),
    (told("ExecutorLostFailure (executor 1 exited)"), "unavailable", ""),
    (told("java.lang.NullPointerException"), "internal", "not known: java.lang.NullPointerException"),
    (
        python("ValueError: a: b", OURS, "/dags/x.py"),
        "user_function",
        r"ValueError: a: b, at /dags/x.py:7 in work$",
    ),
    (python("ValueError: two\nlines", "/dags/x.py"), "user_function", "two lines"),
    (python("FileNotFoundError: [Errno 2] No such file: 'x'", OURS), "unavailable", "storage failed"),
    (python("KeyError: 'x'", OURS), "internal", "not known: KeyError: 'x'"),
    (python("ModuleNotFoundError: No module named 'x'", "/dags/x.py"), "configuration", "install it there"),
    (python("AttributeError: Can't get attribute 'f' on <module>"), "configuration", ""),
    (python("MemoryError: ", "/dags/x.py"), "unavailable", "no memory"),
    (python("tidegate.errors.SourceGapError: it is gone", OURS), "source_gap", "^it is gone$"),
    (PicklingError("Could not serialize object: TypeError: a lock"), "definition", "cannot be shipped to Spark"),
]


@pytest.mark.parametrize(("error", "kind", "message"), CASES)
def test_what_spark_reports(error: PySparkException | PicklingError, kind: str, message: str) -> None:
    found = translate(error, "p")
    assert found.kind == kind
    assert re.search(message, str(found)), found
    assert not re.search(r"\n|\tat |JVM stacktrace|== DataFrame", str(found))


def test_a_long_message_is_cut() -> None:
    assert len(str(translate(spark("DIVIDE_BY_ZERO", "22012", "x" * 9_000), "p"))) < 2_000
