import os
import time
from pathlib import Path

from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error
from requests import RequestException
from requests_oauthlib import OAuth2Session

client_id = os.environ["CLIENT_ID"]
jwt = Path(os.environ["TOKEN_FILE"])
leeway = int(os.environ.get("TOKEN_LEEWAY", 360))  # a new token is fetched so many seconds before the end
session = OAuth2Session(client=BackendApplicationClient(client_id=client_id))


# requests-oauthlib has no automatic renewal for this grant. This is called before each request.
def ensure_token():
    token = session.token
    if token and token["expires_at"] - leeway > time.time():
        return
    try:
        session.fetch_token(os.environ["TOKEN_URL"], client_secret=jwt.read_text().strip(), include_client_id=True, timeout=(2, 15))
    except (OAuth2Error, RequestException):
        # While the broker is away, the token in hand is used until it expires.
        session.token = token
        if not token or token["expires_at"] <= time.time():
            raise


while True:
    try:
        ensure_token()
        response = session.get(os.environ["TRACKMAGE_URL"] + "/workspaces", params={"itemsPerPage": 1}, timeout=15)
        response.raise_for_status()
        print(response.status_code)
    except (OAuth2Error, RequestException) as error:
        print(f"error: {error}")
    time.sleep(1)
