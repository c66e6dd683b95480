import fs from 'fs';

// The credential of this proxy at the broker: its own JWT, from the file that Kubernetes replaces before the JWT expires.
function authorization() {
  return 'Bearer ' + fs.readFileSync(process.env.TOKEN_FILE, 'utf8').trim();
}

// nginx keeps the challenge of a 401 that it handled itself, from the broker or from TrackMage. It is not part of another answer.
function withoutOldChallenge(r) {
  if (r.status != 401) {
    delete r.headersOut['WWW-Authenticate'];
  }
}

export default { authorization, withoutOldChallenge };
