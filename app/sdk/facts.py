"""
The same fact has other names in other SDKs: what observers find out, under each SDK's own name.
"""

from app.sdk.identify import Family

_FACTS = {
    "apiKey": ("api_key", "APIKey"),
    "serverUrl": ("server_url", "ServerURL", "apiEndpoint", "address"),
    "serverZone": ("server_zone", "ServerZone"),
    "useBatch": ("use_batch", "UseBatch", "useBatchMode"),
    "flushIntervalMillis": (
        "flush_interval_millis", "FlushInterval", "eventUploadPeriodMillis", "uploadIntervalInSec",
    ),
    "flushQueueSize": ("flush_queue_size", "FlushQueueSize", "eventUploadThreshold"),
    "flushMaxRetries": ("flush_max_retries", "FlushMaxRetries", "retryTimeouts"),
    "minIdLength": ("min_id_length", "MinIDLength", "options.minIdLength"),
    "optOut": ("opt_out", "OptOut"),
    "plan": ("Plan",),
    "ingestionMetadata": ("ingestion_metadata", "IngestionMetadata"),
    "partnerId": ("partner_id",),
    "appVersion": ("app_version", "versionName"),
    "sessionTimeout": ("minTimeBetweenSessionsMillis",),
    "autocapture.attribution": ("attribution", "defaultTracking.attribution"),
    "autocapture.sessions": ("trackingSessionEvents",),
    "transport.headers": ("headers", "options.headers"),
    "remoteConfig.fetchRemoteConfig": (
        "enableAutocaptureRemoteConfig", "enableAutoCaptureRemoteConfig",
    ),
    "cookieOptions.domain": ("domain",),
}  # fmt: skip
_BY_NAME = {name: fact for fact, names in _FACTS.items() for name in names}


def fact(option: str, family: Family) -> str:
    """The name under which observers speak of an option of this SDK."""
    if option.startswith("defaultTracking."):
        return option.replace("defaultTracking.", "autocapture.")
    if option == "domain" and family is Family.LEGACY_JS:
        return option
    return _BY_NAME.get(option, option)
