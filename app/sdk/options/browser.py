"""
Options of the Browser SDKs 2 and 1 (wire-format §3.2, §3.6).
"""

from app.sdk.options.option import Group, Option, Shows, with_defaults, without

_W, _B, _N = Shows.WRITTEN, Shows.BEHAVIOUR, Shows.NEVER
_DAYS_365 = 365

ADDRESS = (
    Option("apiKey", Group.ADDRESS, None, _W, "The project that takes the events."),
    Option("serverUrl", Group.ADDRESS, "", _W, "An address of your own that takes the events."),
    Option("serverZone", Group.ADDRESS, "US", _B, "Whether data goes to the US or the EU."),
    Option("useBatch", Group.ADDRESS, False, _B, "Send to the Batch endpoint."),
)
SENDING = (
    Option("flushIntervalMillis", Group.SENDING, 1000, _B, "How long events wait to be sent."),
    Option("flushQueueSize", Group.SENDING, 30, _B, "How many events go in one upload."),
    Option("flushMaxRetries", Group.SENDING, 5, _B, "How often an upload is tried again."),
)
BROWSER_SENDING = (
    *SENDING,
    Option("transport", Group.SENDING, "fetch", _B, "fetch, xhr or beacon."),
    Option("transport.headers", Group.SENDING, None, _B, "Headers added to each upload.", "2.20"),
    Option("offline", Group.SENDING, False, _B, "Wait while there is no network.", "2.4"),
    Option(
        "enableRequestBodyCompression", Group.SENDING, False, _B,
        "Compress uploads to an address of your own.", "2.36",
    ),
    Option("transportProvider", Group.LOGGING, None, _N, "Code of your own that sends."),
)  # fmt: skip
PEOPLE = (
    Option("userId", Group.PEOPLE, None, _N, "The user id given at init."),
    Option("deviceId", Group.PEOPLE, None, _N, "The device id given at init."),
    Option("sessionId", Group.PEOPLE, None, _N, "The session id given at init."),
    Option("sessionTimeout", Group.PEOPLE, 1_800_000, _B, "The pause that ends a session, in ms."),
    Option("minIdLength", Group.PEOPLE, None, _W, "The shortest id that the server takes."),
    Option("optOut", Group.PEOPLE, False, _B, "Send nothing."),
)
STAMPS = (
    Option("appVersion", Group.STAMPS, None, _W, "The version of the app."),
    Option("partnerId", Group.STAMPS, None, _W, "The partner that sends."),
    Option("plan", Group.STAMPS, None, _W, "The tracking plan."),
    Option("ingestionMetadata", Group.STAMPS, None, _W, "What made the instrumentation."),
)
TRACKING_OPTIONS = (
    Option("trackingOptions.ipAddress", Group.STAMPS, True, _B, "Let the server see the IP."),
    Option("trackingOptions.language", Group.STAMPS, True, _B, "Send the language."),
    Option("trackingOptions.platform", Group.STAMPS, True, _B, "Send the platform."),
)
AUTOCAPTURE = (
    Option("autocapture.attribution", Group.TRACKING, True, _B, "Campaigns as user properties."),
    Option(
        "autocapture.attribution.fallbackAttributionEvent", Group.TRACKING, False, _B,
        "An event for each campaign.", "2.40",
    ),
    Option("autocapture.pageViews", Group.TRACKING, True, _B, "Page views."),
    Option(
        "autocapture.pageViews.eventType", Group.TRACKING, None, _N, "Another name for page views."
    ),
    Option("autocapture.sessions", Group.TRACKING, True, _B, "Session start and end."),
    Option("autocapture.fileDownloads", Group.TRACKING, True, _B, "File downloads."),
    Option("autocapture.formInteractions", Group.TRACKING, True, _B, "Forms started and sent."),
    Option(
        "autocapture.elementInteractions", Group.TRACKING, False, _B,
        "Clicks on and changes of elements.", "2.10",
    ),
    Option(
        "autocapture.elementInteractions.cssSelectorAllowlist", Group.TRACKING, None, _B,
        "Which elements are tracked.", "2.10",
    ),
    Option(
        "autocapture.frustrationInteractions", Group.TRACKING, False, _B,
        "Rage, dead and error clicks.", "2.19",
    ),
    Option(
        "autocapture.networkTracking", Group.TRACKING, False, _B, "Failed network requests.", "2.17"
    ),
    Option("autocapture.webVitals", Group.TRACKING, False, _B, "How fast pages are.", "2.20"),
    Option(
        "autocapture.performanceTracking", Group.TRACKING, False, _B,
        "What blocks the main thread.", "2.45",
    ),
    Option(
        "autocapture.pageUrlEnrichment", Group.TRACKING, True, _B,
        "The page's address on every event.", "2.22",
    ),
)  # fmt: skip
_STORAGE = (
    Option("identityStorage", Group.STORAGE, "cookie", _B, "Where ids are kept."),
    Option("cookieOptions.domain", Group.STORAGE, "", _B, "The domain of the cookie."),
    Option("cookieOptions.expiration", Group.STORAGE, _DAYS_365, _N, "Days until it expires."),
    Option("cookieOptions.sameSite", Group.STORAGE, "Lax", _N, "Whom browsers show it to."),
    Option("cookieOptions.secure", Group.STORAGE, False, _N, "Only over TLS."),
    Option("cookieOptions.upgrade", Group.STORAGE, True, _N, "Take over older cookies."),
    Option("storageProvider", Group.STORAGE, "LocalStorage", _N, "Where unsent events wait."),
)
_REMOTE = (
    Option("remoteConfig.fetchRemoteConfig", Group.REMOTE, True, _B,
           "Ask the server for settings, which win over those in code.", "2.10"),
    Option("remoteConfig.serverUrl", Group.REMOTE, "", _B, "Where to ask.", "2.28"),
    Option("customEnrichment", Group.REMOTE, None, _B,
           "Code from the server that rewrites events.", "2.37"),
    Option("enableDiagnostics", Group.REMOTE, True, _B, "Report trouble of the SDK.", "2.31"),
    Option("diagnosticsSampleRate", Group.REMOTE, 0, _B, "The share that reports.", "2.31"),
)  # fmt: skip
PRODUCTS = (
    Option("sessionReplay", Group.REPLAY, None, _B, "Whether sessions are recorded beside it."),
    Option("experiment", Group.REPLAY, None, _B, "Whether Experiment runs beside it."),
)
_LOGGING = (
    Option("instanceName", Group.LOGGING, "$default_instance", _N, "The name of the instance."),
    Option("logLevel", Group.LOGGING, "Warn", _N, "What it prints."),
    Option("loggerProvider", Group.LOGGING, None, _N, "Code of your own that logs."),
    Option("debugLogsEnabled", Group.LOGGING, False, _B, "Print everything."),
)

BROWSER_2 = (
    *ADDRESS, *BROWSER_SENDING, *PEOPLE, *AUTOCAPTURE, *STAMPS, *TRACKING_OPTIONS, *_STORAGE,
    *_REMOTE, *PRODUCTS, *_LOGGING,
)  # fmt: skip

_TRACKED_1 = ("deviceManufacturer", "deviceModel", "osName", "osVersion")
_FLAT_COOKIES = (
    Option("disableCookies", Group.STORAGE, False, _B, "Keep ids in local storage."),
    Option("domain", Group.STORAGE, "", _N, "The domain of the cookie."),
    Option("cookieExpiration", Group.STORAGE, _DAYS_365, _N, "Days until it expires."),
    Option("cookieSameSite", Group.STORAGE, "Lax", _N, "Whom browsers show it to."),
    Option("cookieSecure", Group.STORAGE, False, _N, "Only over TLS."),
    Option("cookieUpgrade", Group.STORAGE, True, _N, "Take over older cookies."),
    Option("storageProvider", Group.STORAGE, "LocalStorage", _N, "Where unsent events wait."),
)
DEFAULT_TRACKING_1 = (
    Option("attribution", Group.TRACKING, True, _B, "Campaigns as user properties."),
    Option("defaultTracking.pageViews", Group.TRACKING, False, _B, "Page views.", "1.9"),
    Option("defaultTracking.sessions", Group.TRACKING, False, _B, "Session start and end.", "1.9"),
    Option("defaultTracking.fileDownloads", Group.TRACKING, False, _B, "File downloads.", "1.9"),
    Option(
        "defaultTracking.formInteractions", Group.TRACKING, False, _B, "Forms started and sent.",
        "1.9",
    ),
)  # fmt: skip
BROWSER_1 = (
    *ADDRESS,
    *without(BROWSER_SENDING, "enableRequestBodyCompression", "offline", "transport.headers"),
    *PEOPLE, *DEFAULT_TRACKING_1, *STAMPS, *TRACKING_OPTIONS,
    *(Option(f"trackingOptions.{name}", Group.STAMPS, True, _B, f"Send the {name}.")
      for name in _TRACKED_1),
    *_FLAT_COOKIES, *PRODUCTS, *without(_LOGGING, "debugLogsEnabled"),
)  # fmt: skip

REACT_NATIVE = (
    *ADDRESS, *SENDING,
    Option("offline", Group.SENDING, False, _B, "Wait while there is no network."),
    *with_defaults(PEOPLE, sessionTimeout=300_000),
    Option("trackingSessionEvents", Group.TRACKING, False, _B, "Session start and end."),
    *STAMPS, *TRACKING_OPTIONS,
    *(Option(f"trackingOptions.{name}", Group.STAMPS, True, _B, f"Send the {name}.")
      for name in (*_TRACKED_1, "carrier")),
    Option("storageProvider", Group.STORAGE, "AsyncStorage", _N, "Where unsent events wait."),
    Option("migrateLegacyData", Group.STORAGE, True, _N, "Take over data of older SDKs."),
    *PRODUCTS, *without(_LOGGING, "debugLogsEnabled"),
)  # fmt: skip
