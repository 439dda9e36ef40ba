"""
Options of Session Replay and Experiment in browsers (wire-format §7, §1.15).
"""

from app.sdk.options.option import Group, Option, Shows

_W, _B, _N = Shows.WRITTEN, Shows.BEHAVIOUR, Shows.NEVER

SESSION_REPLAY = (
    Option("apiKey", Group.ADDRESS, None, _W, "The project that takes the replays."),
    Option("serverZone", Group.ADDRESS, "US", _B, "Whether data goes to the US or the EU."),
    Option("trackServerUrl", Group.ADDRESS, "", _W, "An address of your own for replays."),
    Option("configServerUrl", Group.REMOTE, "", _B, "Where settings are asked for."),
    Option("sampleRate", Group.REPLAY, 0, _B, "The share of sessions that is recorded."),
    Option("privacyConfig", Group.REPLAY, None, _B, "What is masked or left out."),
    Option("shouldInlineStylesheet", Group.REPLAY, None, _B, "Put style sheets in the recording."),
    Option("storeType", Group.STORAGE, "idb", _B, "Where unsent recordings wait."),
    Option("performanceConfig", Group.REPLAY, None, _B, "When work is put off."),
    Option("useWebWorker", Group.REPLAY, None, _B, "Compress in a worker."),
    Option("captureDocumentTitle", Group.REPLAY, None, _B, "Record page titles."),
    Option("interactionConfig", Group.REPLAY, None, _B, "Clicks and scrolls for heatmaps."),
    Option("omitElementTags", Group.REPLAY, None, _B, "Elements that are not recorded."),
    Option("applyBackgroundColorToBlockedElements", Group.REPLAY, None, _B,
           "Colour what is left out."),
    Option("deviceId", Group.PEOPLE, None, _N, "The device id given at init."),
    Option("sessionId", Group.PEOPLE, None, _N, "The session id given at init."),
    Option("optOut", Group.PEOPLE, False, _B, "Record nothing."),
    Option("version", Group.LOGGING, None, _B, "The version and kind of the wrapper."),
    Option("instanceName", Group.LOGGING, "$default_instance", _N, "The name of the instance."),
    Option("debugMode", Group.LOGGING, None, _B, "Say more on events."),
    Option("logLevel", Group.LOGGING, "Warn", _B, "What it prints."),
    Option("loggerProvider", Group.LOGGING, None, _N, "Code of your own that logs."),
    Option("handleSendEvents", Group.SENDING, None, _N, "Code of your own that sends."),
)  # fmt: skip

EXPERIMENT = (
    Option("deploymentKey", Group.ADDRESS, None, _W, "The deployment that is asked."),
    Option("serverZone", Group.ADDRESS, "US", _B, "Whether the US or the EU is asked."),
    Option("serverUrl", Group.ADDRESS, "https://api.lab.amplitude.com", _B, "Where variants come"
           " from."),
    Option("flagsServerUrl", Group.ADDRESS, "https://flag.lab.amplitude.com", _B,
           "Where flags come from."),
    Option("fetchOnStart", Group.SENDING, True, _B, "Fetch variants when it starts."),
    Option("pollOnStart", Group.SENDING, False, _B, "Ask for flags every 5 minutes."),
    Option("fetchTimeoutMillis", Group.SENDING, 10_000, _N, "How long an answer may take."),
    Option("retryFetchOnFailure", Group.SENDING, True, _B, "Ask again after a failure."),
    Option("automaticExposureTracking", Group.TRACKING, True, _B, "Track exposures by itself."),
    Option("automaticFetchOnAmplitudeIdentityChange", Group.SENDING, False, _N,
           "Fetch again when the user changes."),
    Option("httpClient", Group.LOGGING, None, _N, "Code of your own that sends."),
    Option("fallbackVariant", Group.REPLAY, None, _N, "The variant when there is none."),
    Option("initialVariants", Group.REPLAY, None, _N, "Variants to start with."),
    Option("initialFlags", Group.REPLAY, None, _N, "Flags to start with."),
    Option("source", Group.REPLAY, "localStorage", _N, "Which variants count first."),
    Option("userProvider", Group.PEOPLE, None, _N, "Code of your own that names the user."),
    Option("exposureTrackingProvider", Group.TRACKING, None, _N, "Code of your own that tracks."),
    Option("instanceName", Group.LOGGING, "$default_instance", _N, "The name of the instance."),
    Option("debug", Group.LOGGING, False, _N, "Print everything."),
)  # fmt: skip

OTHER = (
    Option("api_key", Group.ADDRESS, None, _W, "The project that takes the events."),
    Option("address", Group.ADDRESS, "", _W, "Where it sends."),
    Option("min_id_length", Group.PEOPLE, None, _W, "The shortest id that the server takes."),
    Option("plan", Group.STAMPS, None, _W, "The tracking plan."),
    Option("ingestion_metadata", Group.STAMPS, None, _W, "What made the instrumentation."),
    Option("partner_id", Group.STAMPS, None, _W, "The partner that sends."),
    Option("app_version", Group.STAMPS, None, _W, "The version of the app."),
)
