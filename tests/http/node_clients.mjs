// fhir-kit-client and @medplum/core as their authors published them: one JSON line of what each got.
const [base, token, mother] = process.argv.slice(2);
// What older releases of Node lack and one of them asks for while it is loaded.
globalThis.WebSocket ??= class {};
const number = crypto.randomUUID();
const identified = { resourceType: 'Patient', identifier: [{ system: 'urn:of:somebody', value: number }] };
const bundle = (type) => ({
  resourceType: 'Bundle',
  type,
  entry: [{ request: { method: 'POST', url: 'Condition' }, resource: { resourceType: 'Condition', subject: { reference: mother } } }],
});

async function kit() {
  const made = await import('fhir-kit-client');
  const Client = made.Client ?? made.default;
  const client = new Client({ baseUrl: base, bearerToken: token });
  const found = {};
  const created = await client.create({ resourceType: 'Patient', body: identified });
  const read = await client.read({ resourceType: 'Patient', id: created.id });
  found.read = read.id === created.id;
  const where = { identifier: `urn:of:somebody|${number}` };
  found.search = (await client.search({ resourceType: 'Patient', searchParams: where })).total;
  const patched = await client.patch({
    resourceType: 'Patient', id: created.id, jsonPatch: [{ op: 'add', path: '/gender', value: 'female' }],
  });
  found.patch = patched.gender;
  found.transaction = (await client.transaction({ body: bundle('transaction') })).entry[0].response.status;
  found.batch = (await client.batch({ body: bundle('batch') })).entry[0].response.status;
  found.history = (await client.history({ resourceType: 'Patient', id: created.id })).total;
  found.typeHistory = (await client.typeHistory({ resourceType: 'Patient' })).type;
  found.systemHistory = (await client.systemHistory()).type;
  found.compartment = (await client.compartmentSearch({
    resourceType: 'Condition', compartment: { resourceType: 'Patient', id: mother.split('/')[1] },
  })).type;
  const first = await client.search({ resourceType: 'Condition', searchParams: { _count: 1 } });
  found.nextPage = (await client.nextPage({ bundle: first })).entry.length;
  found.metadata = (await client.capabilityStatement()).resourceType;
  return found;
}

async function medplum() {
  const { MedplumClient } = await import('@medplum/core');
  const address = new URL(base);
  const client = new MedplumClient({ baseUrl: `${address.origin}/`, fhirUrlPath: 'fhir', fetch });
  client.setAccessToken(token);
  const found = {};
  const where = `identifier=urn:of:somebody|${number}-m`;
  const person = { ...identified, identifier: [{ system: 'urn:of:somebody', value: `${number}-m` }] };
  const one = await client.createResourceIfNoneExist(person, where);
  const other = await client.createResourceIfNoneExist(person, where);
  found.ifNoneExist = one.id === other.id;
  found.upsert = (await client.upsertResource({ ...person, gender: 'male' }, where)).id === one.id;
  const patched = await client.patchResource('Patient', one.id, [{ op: 'replace', path: '/gender', value: 'female' }]);
  found.patch = patched.gender;
  found.batch = (await client.executeBatch(bundle('batch'))).entry[0].response.status;
  found.transaction = (await client.executeBatch(bundle('transaction'))).entry[0].response.status;
  found.history = (await client.readHistory('Patient', one.id)).entry.length;
  found.search = (await client.searchResources('Patient', where)).length;
  const concern = await client.createResource({ resourceType: 'Condition', subject: { reference: mother } });
  await client.deleteResource('Condition', concern.id);
  found.deleted = await client.readResource('Condition', concern.id, { cache: 'reload' }).then(() => 'there', () => 'gone');
  return found;
}

console.log(JSON.stringify({ kit: await kit(), medplum: await medplum() }));
