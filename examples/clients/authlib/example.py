import os
import time
from pathlib import Path

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.auth import encode_client_secret_basic
from requests import RequestException

jwt = Path(os.environ["TOKEN_FILE"])


# Authlib keeps the secret as a string. This reads the JWT for each token request.
def current_jwt(client, method, uri, headers, body):
    client.client_secret = jwt.read_text().strip()
    return encode_client_secret_basic(client, method, uri, headers, body)


class Session(OAuth2Session):
    # While the broker is away, the token in hand is used until it expires.
    def ensure_active_token(self, token=None):
        try:
            return super().ensure_active_token(token)
        except (OAuthError, RequestException):
            if self.token.is_expired(leeway=0):
                raise
            return True


session = Session(
    client_id=os.environ["CLIENT_ID"],
    token_endpoint=os.environ["TOKEN_URL"],
    token_endpoint_auth_method="current_jwt",
    grant_type="client_credentials",
    leeway=int(os.environ.get("TOKEN_LEEWAY", 360)),  # a new token is fetched so many seconds before the end
    default_timeout=(2, 15),  # to connect, and to read
)
session.register_client_auth_method(("current_jwt", current_jwt))

while True:
    try:
        if not session.token:
            session.fetch_token()
        response = session.get(os.environ["TRACKMAGE_URL"] + "/workspaces", params={"itemsPerPage": 1})
        response.raise_for_status()
        print(response.status_code)
    except (OAuthError, RequestException) as error:
        print(f"error: {error}")
    time.sleep(1)
