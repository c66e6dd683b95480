"""A scrape target that wants a TrackMage token. TrackMage itself decides whether the token is valid."""
import os
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Target(BaseHTTPRequestHandler):
    def do_GET(self):
        url = os.environ["TRACKMAGE_URL"] + "/workspaces?itemsPerPage=1"
        request = urllib.request.Request(url, headers={"Authorization": self.headers.get("Authorization", "")})
        try:
            with urllib.request.urlopen(request, timeout=5) as response:
                status = response.status
        except urllib.error.HTTPError as error:
            status = error.code
        body = b"trackmage_reachable 1\n" if status == 200 else b""
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Target).serve_forever()
