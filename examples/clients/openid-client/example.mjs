import { readFileSync } from 'node:fs'
import * as client from 'openid-client'

const { CLIENT_ID, TOKEN_FILE, TOKEN_LEEWAY = 360, TOKEN_URL, TRACKMAGE_URL } = process.env

// The JWT is the client assertion. It is read for each token request.
const currentJwt = (as, metadata, body) => {
  body.set('client_id', metadata.client_id)
  body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
  body.set('client_assertion', readFileSync(TOKEN_FILE, 'utf8').trim())
}
const config = new client.Configuration({ issuer: new URL(TOKEN_URL).origin, token_endpoint: TOKEN_URL }, CLIENT_ID, {}, currentJwt)
config.timeout = 15
client.allowInsecureRequests(config) // the sandbox has no TLS

let token
let expiresAt = 0
let renewal

// openid-client does not cache tokens. A new token is fetched TOKEN_LEEWAY seconds before the old one expires.
async function accessToken() {
  if (expiresAt - TOKEN_LEEWAY * 1000 <= Date.now()) {
    renewal ??= renew().finally(() => (renewal = undefined)) // one request for all concurrent callers
    // While the broker is away, the token in hand is used until it expires.
    await renewal.catch((error) => { if (expiresAt <= Date.now()) throw error })
  }
  return token
}

async function renew() {
  const response = await client.clientCredentialsGrant(config)
  token = response.access_token
  expiresAt = Date.now() + response.expires_in * 1000
}

for (;;) {
  try {
    const headers = { Authorization: `Bearer ${await accessToken()}` }
    const response = await fetch(`${TRACKMAGE_URL}/workspaces?itemsPerPage=1`, { headers, signal: AbortSignal.timeout(15_000) })
    console.log(response.ok ? response.status : `error: TrackMage: ${response.status}`)
  } catch (error) {
    // `error.error` is the broker's error code. Another status than 200 and 4xx is in the response, which is the cause.
    console.log(`error: ${error.message}: ${error.error ?? error.cause?.status ?? error.cause}`)
  }
  await new Promise((resolve) => setTimeout(resolve, 1000))
}
