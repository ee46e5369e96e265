// openid-client and oauth4webapi as their author published them: one JSON line of what each got.
const { issuer, redirect, app, system, keys, codes } = JSON.parse(process.argv.at(-1));
const rsa = await crypto.subtle.importKey('jwk', keys.rsa, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' }, false, ['sign']);
const ec = await crypto.subtle.importKey('jwk', keys.ec, { name: 'ECDSA', namedCurve: 'P-384' }, false, ['sign']);

async function openidClient({ url, verifier, state, nonce }) {
  const lib = await import('openid-client');
  const insecure = { execute: [lib.allowInsecureRequests] };
  const person = await lib.discovery(new URL(issuer), app, undefined, lib.None(), insecure);
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  const tokens = await lib.authorizationCodeGrant(person, new URL(url), checks);
  const again = await lib.refreshTokenGrant(person, tokens.refresh_token);
  const machine = await lib.discovery(new URL(issuer), system, undefined, lib.PrivateKeyJwt({ key: ec, kid: 'ec' }), insecure);
  const own = await lib.clientCredentialsGrant(machine, { scope: 'system/*.rs' });
  const before = await lib.tokenIntrospection(machine, own.access_token);
  await lib.tokenRevocation(machine, own.access_token);
  const after = await lib.tokenIntrospection(machine, own.access_token);
  return [tokens.claims().sub, again.access_token !== tokens.access_token, own.scope.includes('system/*.rs'), before.active, after.active];
}

async function oauth4webapi({ url, verifier, state, nonce }) {
  const lib = await import('oauth4webapi');
  const insecure = { [lib.allowInsecureRequests]: true };
  const at = new URL(issuer);
  const server = await lib.processDiscoveryResponse(at, await lib.discoveryRequest(at, insecure));
  const person = { client_id: app };
  const returned = lib.validateAuthResponse(server, person, new URL(url), state);
  const exchanged = await lib.authorizationCodeGrantRequest(server, person, lib.None(), returned, redirect, verifier, insecure);
  const tokens = await lib.processAuthorizationCodeResponse(server, person, exchanged, { expectedNonce: nonce, requireIdToken: true });
  const refreshed = await lib.refreshTokenGrantRequest(server, person, lib.None(), tokens.refresh_token, insecure);
  const again = await lib.processRefreshTokenResponse(server, person, refreshed);
  const machine = { client_id: system };
  const proof = lib.PrivateKeyJwt({ key: rsa, kid: 'rsa' });
  const asked = await lib.clientCredentialsGrantRequest(server, machine, proof, { scope: 'system/*.rs' }, insecure);
  const own = await lib.processClientCredentialsResponse(server, machine, asked);
  const look = async () =>
    (await lib.processIntrospectionResponse(server, machine, await lib.introspectionRequest(server, machine, proof, own.access_token, insecure))).active;
  const before = await look();
  await lib.processRevocationResponse(await lib.revocationRequest(server, machine, proof, own.access_token, insecure));
  const sub = lib.getValidatedIdTokenClaims(tokens).sub;
  return [sub, again.access_token !== tokens.access_token, own.scope.includes('system/*.rs'), before, await look()];
}

console.log(JSON.stringify([await openidClient(codes[0]), await oauth4webapi(codes[1])]));
