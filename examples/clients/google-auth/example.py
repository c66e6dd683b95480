import json
import os
import time
from pathlib import Path

from google.auth import load_credentials_from_dict
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession
from requests import RequestException

# In your program: google.auth.load_credentials_from_file("trackmage.json"). The test has other values.
configuration = json.loads(Path(__file__).with_name("trackmage.json").read_text())
configuration["audience"] = os.environ["CLIENT_ID"]
configuration["token_url"] = os.environ["TOKEN_URL"]
configuration["credential_source"]["file"] = os.environ["TOKEN_FILE"]
credentials, _ = load_credentials_from_dict(configuration)

session = AuthorizedSession(credentials)

while True:
    try:
        response = session.get(os.environ["TRACKMAGE_URL"] + "/workspaces", params={"itemsPerPage": 1})
        response.raise_for_status()
        print(response.status_code)
    except (GoogleAuthError, RequestException) as error:
        print(f"error: {error}")
    time.sleep(1)
