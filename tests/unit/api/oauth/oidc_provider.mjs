// oidc-provider as its author published it, with one client and pages that a test answers: who it is, and by which acr.
// GET /lock makes everybody unknown.
import { createServer } from 'node:http';
const { default: Provider } = await import('oidc-provider');
const { port, back, ended, secret } = JSON.parse(process.argv.at(-1));
let locked = false;

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: 'tsunagu', client_secret: secret, redirect_uris: [back], response_types: ['code'], grant_types: ['authorization_code', 'refresh_token'], backchannel_logout_uri: ended, backchannel_logout_session_required: true }],
  acrValues: ['pwd', 'mfa'],
  claims: { acr: null, auth_time: null, openid: ['sub'] },
  conformIdTokenClaims: false,
  cookies: { keys: ['a key of a test'] },
  features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
  findAccount: (_, id) => (locked ? undefined : { accountId: id, claims: () => ({ sub: id }) }),
  issueRefreshToken: () => true,
  fetch: (address, { dispatcher, ...options }) => fetch(address, options), // its own tells nobody on this machine
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  pkce: { required: () => true },
});
const called = provider.callback();

async function interaction(request, response) {
  const details = await provider.interactionDetails(request, response);
  if (request.method === 'GET') return response.end(`post=${request.url}&asks=${details.prompt.name}`);
  let body = '';
  for await (const chunk of request) body += chunk;
  const said = new URLSearchParams(body);
  let result = { login: { accountId: said.get('subject'), acr: said.get('acr'), amr: [said.get('acr')] } };
  if (details.prompt.name === 'consent') {
    const grant = new provider.Grant({ accountId: details.session.accountId, clientId: details.params.client_id });
    grant.addOIDCScope('openid');
    result = { consent: { grantId: await grant.save() } };
  }
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

createServer((request, response) => {
  if (request.url === '/lock') return response.end(String((locked = true)));
  return request.url.startsWith('/interaction/') ? interaction(request, response) : called(request, response);
}).listen(port, '127.0.0.1', () => console.log('listening'));
