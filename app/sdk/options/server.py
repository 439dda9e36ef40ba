"""
Options of the SDKs for servers: Node, Python, Go, Java (wire-format §3.2).
"""

from app.sdk.options.browser import ADDRESS, SENDING, STAMPS
from app.sdk.options.option import Group, Option, Shows, with_defaults, without

_W, _B, _N = Shows.WRITTEN, Shows.BEHAVIOUR, Shows.NEVER

_MIN_ID = Option("minIdLength", Group.PEOPLE, None, _W, "The shortest id that the server takes.")
_OPT_OUT = Option("optOut", Group.PEOPLE, False, _B, "Send nothing.")
_ON_EVENTS = without(STAMPS, "appVersion", "partnerId")

NODE = (
    *ADDRESS,
    *with_defaults(SENDING, flushIntervalMillis=10_000, flushQueueSize=200, flushMaxRetries=12),
    _MIN_ID, _OPT_OUT, *_ON_EVENTS,
    Option("storageProvider", Group.STORAGE, "MemoryStorage", _N, "Where unsent events wait."),
    Option("transportProvider", Group.LOGGING, None, _N, "Code of your own that sends."),
    Option("instanceName", Group.LOGGING, "$default_instance", _N, "The name of the instance."),
    Option("logLevel", Group.LOGGING, "Warn", _N, "What it prints."),
    Option("loggerProvider", Group.LOGGING, None, _N, "Code of your own that logs."),
)  # fmt: skip
LEGACY_NODE = (
    Option("apiKey", Group.ADDRESS, None, _W, "The project that takes the events."),
    Option("serverUrl", Group.ADDRESS, "", _W, "An address of your own that takes the events."),
    Option("maxCachedEvents", Group.SENDING, 16_000, _N, "How many events wait at most."),
    Option("uploadIntervalInSec", Group.SENDING, 0, _B, "How long events wait to be sent."),
    Option("retryTimeouts", Group.SENDING, None, _B, "The pauses before each new try."),
    Option("retryClass", Group.LOGGING, None, _N, "Code of your own that tries again."),
    Option("transportClass", Group.LOGGING, None, _N, "Code of your own that sends."),
    Option("requestTimeoutMillis", Group.SENDING, 10_000, _N, "How long an answer may take."),
    Option("optOut", Group.PEOPLE, False, _B, "Send nothing."),
    _MIN_ID, *_ON_EVENTS,
    Option("debug", Group.LOGGING, False, _N, "Print everything."),
    Option("logLevel", Group.LOGGING, "None", _N, "What it prints."),
    Option("onRetry", Group.LOGGING, None, _N, "Code of your own that hears of new tries."),
)  # fmt: skip
PYTHON = (
    Option("api_key", Group.ADDRESS, None, _W, "The project that takes the events."),
    Option("server_url", Group.ADDRESS, "", _W, "An address of your own that takes the events."),
    Option("server_zone", Group.ADDRESS, "US", _B, "Whether data goes to the US or the EU."),
    Option("use_batch", Group.ADDRESS, False, _B, "Send to the Batch endpoint."),
    Option("flush_interval_millis", Group.SENDING, 10_000, _B, "How long events wait."),
    Option("flush_queue_size", Group.SENDING, 200, _B, "How many events make an upload go."),
    Option("flush_max_retries", Group.SENDING, 12, _B, "How often an upload is tried again."),
    Option("min_id_length", Group.PEOPLE, None, _W, "The shortest id that the server takes."),
    Option("opt_out", Group.PEOPLE, False, _B, "Send nothing."),
    Option("plan", Group.STAMPS, None, _W, "The tracking plan."),
    Option("ingestion_metadata", Group.STAMPS, None, _W, "What made the instrumentation."),
    Option("storage_provider", Group.STORAGE, "InMemoryStorageProvider", _N,
           "Where unsent events wait."),
    Option("logger", Group.LOGGING, "amplitude", _N, "The logger that it writes to."),
    Option("callback", Group.LOGGING, None, _N, "Code of your own that hears of each event."),
)  # fmt: skip
GO = (
    Option("APIKey", Group.ADDRESS, None, _W, "The project that takes the events."),
    Option("ServerURL", Group.ADDRESS, "", _W, "An address of your own that takes the events."),
    Option("ServerZone", Group.ADDRESS, "US", _B, "Whether data goes to the US or the EU."),
    Option("UseBatch", Group.ADDRESS, False, _B, "Send to the Batch endpoint."),
    Option("FlushInterval", Group.SENDING, 10_000, _B, "How long events wait, in ms."),
    Option("FlushQueueSize", Group.SENDING, 200, _B, "How many events make an upload go."),
    Option("FlushSizeDivider", Group.SENDING, 1, _N, "By how much uploads shrink after a 413."),
    Option("FlushMaxRetries", Group.SENDING, 12, _B, "How often an upload is tried again."),
    Option("RetryBaseInterval", Group.SENDING, 100, _N, "The first pause before a new try, in ms."),
    Option("RetryThrottledInterval", Group.SENDING, 30_000, _N, "The pause when throttled, in ms."),
    Option("ConnectionTimeout", Group.SENDING, 10_000, _N, "How long an answer may take, in ms."),
    Option("MaxStorageCapacity", Group.STORAGE, 20_000, _N, "How many events wait at most."),
    Option("MinIDLength", Group.PEOPLE, None, _W, "The shortest id that the server takes."),
    Option("OptOut", Group.PEOPLE, False, _B, "Send nothing."),
    Option("Plan", Group.STAMPS, None, _W, "The tracking plan."),
    Option("IngestionMetadata", Group.STAMPS, None, _W, "What made the instrumentation."),
    Option("StorageFactory", Group.STORAGE, None, _N, "Where unsent events wait."),
    Option("Logger", Group.LOGGING, None, _N, "Code of your own that logs."),
    Option("ExecuteCallback", Group.LOGGING, None, _N, "Code of your own that hears of events."),
)  # fmt: skip
JAVA = (
    Option("apiKey", Group.ADDRESS, None, _W, "The project that takes the events."),
    Option("serverUrl", Group.ADDRESS, "", _W, "An address of your own that takes the events."),
    Option("useBatchMode", Group.ADDRESS, False, _B, "Send to the Batch endpoint."),
    Option("eventUploadThreshold", Group.SENDING, 10, _B, "How many events make an upload go."),
    Option("eventUploadPeriodMillis", Group.SENDING, 10_000, _B, "How long events wait."),
    Option("flushTimeout", Group.SENDING, 0, _N, "How long a flush may take."),
    Option("recordThrottledId", Group.SENDING, False, _N, "Remember throttled ids."),
    Option("retryTimeouts", Group.SENDING, None, _B, "The pauses before each new try."),
    Option("options.headers", Group.SENDING, None, _B, "Headers added to each upload."),
    Option("options.minIdLength", Group.PEOPLE, None, _W, "The shortest id that is taken."),
    Option("plan", Group.STAMPS, None, _W, "The tracking plan."),
    Option("ingestionMetadata", Group.STAMPS, None, _W, "What made the instrumentation."),
    Option("callbacks", Group.LOGGING, None, _N, "Code of your own that hears of each event."),
    Option("logMode", Group.LOGGING, "ERROR", _N, "What it prints."),
)  # fmt: skip
