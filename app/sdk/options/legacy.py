"""
Options of the legacy JavaScript, Android, iOS and React Native SDKs (wire-format §1.8, §1.9, §3.6).
"""

from app.sdk.options.browser import PRODUCTS, STAMPS
from app.sdk.options.option import Group, Option, Shows, without

_W, _B, _N = Shows.WRITTEN, Shows.BEHAVIOUR, Shows.NEVER

_TRACKED_JS = (
    "city", "country", "carrier", "device_manufacturer", "device_model", "dma", "ip_address",
    "language", "os_name", "os_version", "platform", "region", "version_name",
)  # fmt: skip
_TRACKED_APPS = (
    "adid", "carrier", "city", "country", "device_brand", "device_manufacturer", "device_model",
    "dma", "ip_address", "language", "lat_lng", "os_name", "os_version", "api_level", "platform",
    "region", "version_name",
)  # fmt: skip


def _tracked(names: tuple[str, ...]) -> tuple[Option, ...]:
    return tuple(
        Option(f"trackingOptions.{name}", Group.STAMPS, True, _W, f"Track {name}.")
        for name in names
    )


_STAMPS = (
    *without(STAMPS, "appVersion"),
    Option("versionName", Group.STAMPS, None, _W, "The version of the app."),
)

LEGACY_JS = (
    Option("apiKey", Group.ADDRESS, None, _W, "The project that takes the events."),
    Option("apiEndpoint", Group.ADDRESS, "api.amplitude.com", _W, "The host that takes events."),
    Option("serverZone", Group.ADDRESS, "US", _B, "Whether data goes to the US or the EU."),
    Option("serverZoneBasedApi", Group.ADDRESS, False, _B, "Let the zone choose the host."),
    Option("useDynamicConfig", Group.ADDRESS, False, _B, "Ask which host takes the events."),
    Option("forceHttps", Group.ADDRESS, True, _B, "Always send over TLS."),
    Option("batchEvents", Group.SENDING, False, _B, "Collect events before sending them."),
    Option("eventUploadPeriodMillis", Group.SENDING, 30_000, _B, "How long a batch waits."),
    Option("eventUploadThreshold", Group.SENDING, 30, _B, "How many events make a batch go."),
    Option("uploadBatchSize", Group.SENDING, 100, _B, "How many events go in one upload."),
    Option("transport", Group.SENDING, "http", _B, "http or beacon."),
    Option("headers", Group.SENDING, None, _B, "Headers added to each upload."),
    Option("savedMaxCount", Group.STORAGE, 1000, _N, "How many unsent events are kept."),
    Option("saveEvents", Group.STORAGE, True, _N, "Keep unsent events."),
    Option("unsentKey", Group.STORAGE, "amplitude_unsent", _N, "Where unsent events wait."),
    Option("unsentIdentifyKey", Group.STORAGE, "amplitude_unsent_identify", _N,
           "Where unsent identifies wait."),
    Option("storage", Group.STORAGE, "", _B, "Where ids are kept; a cookie when not set."),
    Option("cookieName", Group.STORAGE, "amplitude_id", _N, "The older cookie's name."),
    Option("cookieExpiration", Group.STORAGE, 365, _N, "Days until the cookie expires."),
    Option("cookieForceUpgrade", Group.STORAGE, False, _N, "Always use the newer cookie."),
    Option("sameSiteCookie", Group.STORAGE, "Lax", _N, "Whom browsers show the cookie to."),
    Option("secureCookie", Group.STORAGE, False, _N, "The cookie only over TLS."),
    Option("disableCookies", Group.STORAGE, False, _B, "Keep ids in local storage."),
    Option("domain", Group.STORAGE, "", _B, "The domain of the cookie."),
    Option("userId", Group.PEOPLE, None, _N, "The user id given at init."),
    Option("deviceId", Group.PEOPLE, None, _N, "The device id given at init."),
    Option("deviceIdFromUrlParam", Group.PEOPLE, False, _N, "Take the device id from the URL."),
    Option("sessionTimeout", Group.PEOPLE, 1_800_000, _B, "The pause that ends a session, in ms."),
    Option("optOut", Group.PEOPLE, False, _B, "Send nothing."),
    Option("includeUtm", Group.TRACKING, False, _B, "Campaign tags as user properties."),
    Option("includeReferrer", Group.TRACKING, False, _B, "The referrer as user property."),
    Option("includeGclid", Group.TRACKING, False, _B, "Google's click id as user property."),
    Option("includeFbclid", Group.TRACKING, False, _B, "Facebook's click id as user property."),
    Option("logAttributionCapturedEvent", Group.TRACKING, False, _B, "An event for campaigns."),
    Option("saveParamsReferrerOncePerSession", Group.TRACKING, True, _N,
           "Read campaigns once a session."),
    Option("unsetParamsReferrerOnNewSession", Group.TRACKING, False, _B,
           "Forget campaigns with each session."),
    *_STAMPS,
    Option("platform", Group.STAMPS, "Web", _W, "The platform written on events."),
    Option("language", Group.STAMPS, None, _N, "The language written on events."),
    Option("library", Group.STAMPS, "amplitude-js", _W, "What the SDK calls itself."),
    *_tracked(_TRACKED_JS),
    *PRODUCTS,
    Option("deferInitialization", Group.LOGGING, False, _N, "Start only when told."),
    Option("logLevel", Group.LOGGING, "WARN", _N, "What it prints."),
)  # fmt: skip

_APPS = (
    Option("apiKey", Group.ADDRESS, None, _W, "The project that takes the events."),
    Option("serverUrl", Group.ADDRESS, "", _W, "An address of your own that takes the events."),
    Option("serverZone", Group.ADDRESS, "US", _B, "Whether data goes to the US or the EU."),
    Option("useDynamicConfig", Group.ADDRESS, False, _B, "Ask which host takes the events."),
    Option("eventUploadThreshold", Group.SENDING, 30, _B, "How many events make an upload go."),
    Option("eventUploadPeriodMillis", Group.SENDING, 30_000, _B, "How long events wait."),
    Option("offline", Group.SENDING, False, _N, "Wait until told."),
    Option("bearerToken", Group.SENDING, None, _W, "A token for a proxy of your own."),
    Option("minTimeBetweenSessionsMillis", Group.PEOPLE, 300_000, _B,
           "The pause that ends a session, in ms."),
    Option("optOut", Group.PEOPLE, False, _B, "Send nothing."),
    Option("trackingSessionEvents", Group.TRACKING, False, _B, "Session start and end."),
    *_STAMPS,
    *_tracked(_TRACKED_APPS),
    Option("coppaControl", Group.STAMPS, False, _W, "Leave out what identifies children."),
)  # fmt: skip

LEGACY_ANDROID = (
    *_APPS,
    Option("eventUploadMaxBatchSize", Group.SENDING, 50, _B, "How many events go in one upload."),
    Option("useAdvertisingIdForDeviceId", Group.PEOPLE, False, _B, "Advertising id as device id."),
    Option("useAppSetIdForDeviceId", Group.PEOPLE, False, _B, "App set id as device id."),
    Option("newDeviceIdPerInstall", Group.PEOPLE, False, _N, "A new device id with each install."),
    Option("locationListening", Group.STAMPS, True, _B, "Send the last known location."),
)
LEGACY_IOS = (
    *_APPS,
    Option("eventUploadMaxBatchSize", Group.SENDING, 100, _B, "How many events go in one upload."),
    Option("useAdvertisingIdForDeviceId", Group.PEOPLE, False, _B, "Advertising id as device id."),
)
LEGACY_REACT_NATIVE = _APPS
