"""What schemathesis cannot know: the callers' token, and what users do in their browsers."""

import json
import os
from base64 import b64encode
from collections import defaultdict
from itertools import count
from urllib.parse import parse_qs, urlsplit

import requests
import schemathesis

BROKER = os.environ["BROKER_URL"]
PATIENCE = 10

users = count()
results = defaultdict(dict)
"""What browsers have brought and no service has redeemed yet: by client, then by the state of the authorization."""
connections = {}
"""The newest one of each client."""


@schemathesis.auth()
class CallerToken:
    def get(self, case, context):
        return requests.get(f"{BROKER}/sandbox/caller-token", timeout=PATIENCE).text

    def set(self, case, data, context):
        if operation_of(case) == "requestToken":
            case.headers["Authorization"] = "Basic " + b64encode(f"acme-eu:{data}".encode()).decode()
        else:
            case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def after_call(context, case, response):
    operation, client = operation_of(case), case.path_parameters.get("client")
    if operation == "beginAuthorization" and response.status_code == 201:
        state = json.loads(response.request.body)["state"]
        results[client][state] = consent(response.json()["authorization_url"])
    elif operation == "redeemResult" and response.status_code == 200:
        connections[client] = response.json()["connection"]
    elif operation == "removeConnection" and case.path_parameters.get("connection") == connections.get(client):
        connections.pop(client, None)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Valid requests name what is there. In a sequence the links say what they name, but for the result."""
    if not case.meta.generation.mode.is_positive:
        return
    operation, client = operation_of(case), case.path_parameters.get("client")
    is_in_sequence = case.meta.phase.name.value == "stateful"
    if operation == "redeemResult":
        pending = results[client]
        if pending and not is_in_sequence:
            case.body["state"] = next(iter(pending))
        case.body["result"] = pending.pop(case.body["state"], case.body["result"])
    elif operation in ("getTokenOfConnection", "invalidateTokenOfConnection") and not is_in_sequence:
        case.path_parameters["connection"] = connections.get(client, case.path_parameters["connection"])


def operation_of(case):
    return case.operation.definition.raw["operationId"]


def consent(address):
    """A user goes to the address and allows it. Returns the result that the browser brings back."""
    with requests.Session() as browser:
        consent_page = follow(browser.get(address, allow_redirects=False, timeout=PATIENCE))
        pressed = {"user": f"user-{next(users)}@sandbox.invalid", "decision": "allow"}
        callback = follow(browser.post(consent_page, data=pressed, allow_redirects=False, timeout=PATIENCE))
        service = follow(browser.get(callback, allow_redirects=False, timeout=PATIENCE))
        return parse_qs(urlsplit(service).query)["result"][0]


def follow(answer):
    return answer.headers["Location"]
