import json
import os
import time
from pathlib import Path

from google.auth import identity_pool
from google.auth.credentials import TokenState
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession
from requests import RequestException


class Credentials(identity_pool.Credentials):
    # While the broker is away, the token in hand is used until it expires.
    def refresh(self, request):
        try:
            super().refresh(request)
        except GoogleAuthError:
            if self.token_state == TokenState.INVALID:
                raise


# In your program: Credentials.from_file("trackmage.json"). The test has other values than that file.
configuration = json.loads(Path(__file__).with_name("trackmage.json").read_text())
configuration["audience"] = os.environ["CLIENT_ID"]
configuration["token_url"] = os.environ["TOKEN_URL"]
configuration["credential_source"]["file"] = os.environ["TOKEN_FILE"]

session = AuthorizedSession(Credentials.from_info(configuration))

while True:
    try:
        response = session.get(os.environ["TRACKMAGE_URL"] + "/workspaces", params={"itemsPerPage": 1}, timeout=15)
        response.raise_for_status()
        print(response.status_code)
    except (GoogleAuthError, RequestException) as error:
        print(f"error: {error}")
    time.sleep(1)
