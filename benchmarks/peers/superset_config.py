"""Settings of Apache Superset for the comparison: its own defaults, but for what is named here."""

import os
from pathlib import Path
from typing import Any

_HOME = Path(os.environ["SUPERSET_HOME"])
SECRET_KEY = os.environ["PEERS_SECRET_KEY"]
SQLALCHEMY_DATABASE_URI = f"sqlite:///{_HOME / 'superset.db'}"

# By default nothing of the data is kept. With a cache both workers share one in files, the simplest that they can share.
if os.environ.get("PEERS_CACHE"):
    DATA_CACHE_CONFIG: dict[str, Any] = {
        "CACHE_TYPE": "FileSystemCache",
        "CACHE_DIR": str(_HOME / "cache"),
        "CACHE_DEFAULT_TIMEOUT": 86400,
    }
    CACHE_CONFIG = DATA_CACHE_CONFIG

# The default allows other hosts, among them the one that counts visits. Here the browser is told to ask this one only.
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}
