"""
Options of the Swift and Kotlin SDKs, which Flutter wraps (wire-format §3.2, §3.6).
"""

from app.sdk.options.browser import ADDRESS, PRODUCTS, SENDING, STAMPS
from app.sdk.options.option import Group, Option, Shows, with_defaults, without

_W, _B, _N = Shows.WRITTEN, Shows.BEHAVIOUR, Shows.NEVER

_COMMON = (
    *ADDRESS,
    Option("enableRequestBodyCompression", Group.SENDING, False, _B,
           "Compress uploads to an address of your own."),
    Option("offline", Group.SENDING, False, _B, "Wait while there is no network."),
    Option("minTimeBetweenSessionsMillis", Group.PEOPLE, 300_000, _B,
           "The pause in the background that ends a session, in ms."),
    Option("minIdLength", Group.PEOPLE, None, _W, "The shortest id that the server takes."),
    Option("optOut", Group.PEOPLE, False, _B, "Send nothing."),
    Option("identifyBatchIntervalMillis", Group.SENDING, 30_000, _B,
           "How long plain identifies are collected."),
    Option("autocapture.sessions", Group.TRACKING, True, _B, "Session start and end."),
    Option("autocapture.appLifecycles", Group.TRACKING, False, _B,
           "Installed, updated, opened, in the background."),
    Option("autocapture.screenViews", Group.TRACKING, False, _B, "Screens viewed."),
    Option("autocapture.elementInteractions", Group.TRACKING, False, _B, "Taps on elements."),
    Option("autocapture.frustrationInteractions", Group.TRACKING, False, _B,
           "Rage and dead taps."),
    Option("autocapture.networkTracking", Group.TRACKING, False, _B, "Failed network requests."),
    *without(STAMPS, "appVersion"),
    *(Option(f"trackingOptions.{name}", Group.STAMPS, True, _B, f"Send the {name}.")
      for name in ("ipAddress", "language", "platform", "osName", "osVersion",
                   "deviceManufacturer", "deviceModel")),
    *(Option(f"trackingOptions.{name}", Group.STAMPS, True, _N, f"Send the {name}.")
      for name in ("carrier", "city", "country", "dma", "latLng", "region", "versionName")),
    Option("enableCoppaControl", Group.STAMPS, False, _N, "Leave out what identifies children."),
    Option("enableDiagnostics", Group.REMOTE, True, _B, "Report trouble of the SDK."),
    Option("migrateLegacyData", Group.STORAGE, True, _N, "Take over data of older SDKs."),
    Option("instanceName", Group.LOGGING, "default_instance", _N, "The name of the instance."),
    Option("logLevel", Group.LOGGING, "WARN", _N, "What it prints."),
    Option("loggerProvider", Group.LOGGING, None, _N, "Code of your own that logs."),
    Option("callback", Group.LOGGING, None, _N, "Code of your own that hears of each event."),
    Option("flushEventsOnClose", Group.SENDING, True, _N, "Send when the app closes."),
    *PRODUCTS,
)  # fmt: skip

SWIFT = (
    *_COMMON,
    *with_defaults(SENDING, flushIntervalMillis=30_000, flushMaxRetries=6),
    Option("maxQueuedEventCount", Group.SENDING, -1, _N, "How many events wait at most."),
    Option("enableAutoCaptureRemoteConfig", Group.REMOTE, True, _B,
           "Let the server choose what is tracked."),
    Option("networkTrackingOptions", Group.TRACKING, None, _N, "Which requests are tracked."),
    Option("interactionsOptions", Group.TRACKING, None, _N, "Which taps are tracked."),
)  # fmt: skip
KOTLIN = (
    *_COMMON,
    *with_defaults(SENDING, flushIntervalMillis=30_000),
    Option("autocapture.deepLinks", Group.TRACKING, False, _B, "Deep links opened."),
    Option("useAdvertisingIdForDeviceId", Group.PEOPLE, False, _B, "Advertising id as device id."),
    Option("useAppSetIdForDeviceId", Group.PEOPLE, False, _B, "App set id as device id."),
    Option("newDeviceIdPerInstall", Group.PEOPLE, False, _N, "A new device id with each install."),
    Option("deviceId", Group.PEOPLE, None, _N, "The device id given at init."),
    Option("sessionId", Group.PEOPLE, None, _N, "The session id given at init."),
    Option("locationListening", Group.STAMPS, False, _B, "Send the last known location."),
    Option("trackingOptions.adid", Group.STAMPS, True, _N, "Send the advertising id."),
    Option("trackingOptions.appSetId", Group.STAMPS, True, _N, "Send the app set id."),
    Option("trackingOptions.apiLevel", Group.STAMPS, True, _N, "Send the Android version."),
    Option("trackingOptions.deviceBrand", Group.STAMPS, True, _B, "Send the brand."),
    Option("enableAutocaptureRemoteConfig", Group.REMOTE, True, _B,
           "Let the server choose what is tracked."),
    Option("storageProvider", Group.STORAGE, None, _N, "Where unsent events wait."),
    Option("identifyInterceptStorageProvider", Group.STORAGE, None, _N,
           "Where collected identifies wait."),
    Option("identityStorageProvider", Group.STORAGE, None, _N, "Where ids are kept."),
    Option("httpClient", Group.LOGGING, None, _N, "Code of your own that sends."),
)  # fmt: skip
