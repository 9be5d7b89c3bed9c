import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  IN_MESSAGE,
  secretsInDetails,
  withoutDetails,
} from '../../../src/core/promotion/secretDetails';
import { secretPath } from '../../../src/core/promotion/secretPaths';
import { secretsIn, SecretSearch } from '../../../src/core/promotion/secrets';

/** What is told by what stands before it, and is of no form of its own. */
const MORE_TEXTS: [string, string][] = [
  ['password-in-url', 'REDIS=rediss://:aB3dE6gH9jK2mN5p@prod.example.org:6379'],
  ['service-token', `OPENAI=sk-${'aB3dE6gH9jK2'.repeat(4)}`],
  ...[
    'Authorization: Bearer aB3dE6gH9jK2mN5pQ8sT1vW4yZ7',
    "setHeader('authorization', 'bearer aB3dE6gH9jK2mN5pQ8sT1vW4yZ7')",
    'password = "Tr0ub4dor&3x"',
    `"dbPassword": 'Tr0ub4dor&3x',`,
    'curl -X POST https://example.org/x -u deploy:hunter22 -d @x',
    'curl --user "deploy:hunter22" https://example.org',
    'machine git.example.org login deploy password hunter22',
    'machine git.example.org\n  login deploy\n  password hunter22\n',
    `define( 'DB_PASSWORD', 'hunter22' );`,
    '<add key="ApiSecret" value="aB3dE6gH9jK2mN5pQ8sT" />',
    '<add key="Smtp.Password" value="Tr0ub4dor&amp;3x"/>',
  ].map((text): [string, string] => ['assigned-secret', text]),
];
const MORE_HARMLESS = [
  'redis://localhost:6379/0@x',
  'redis://:${PASSWORD}@host/',
  `task-${'aB3dE6gH9jK2'.repeat(4)}`,
  'Authorization: Bearer <token>, or Bearer YOUR_ACCESS_TOKEN_HERE_1',
  'the bearer authentication-scheme of RFC-6750',
  'password = "password123!A"',
  `{ label: 'Password', password: 'Enter your Password1' }`,
  '"generate-password": "^1.7.0-beta.A"',
  'password: "ResetForm"',
  `t(password, 'Tr0ub4dor&3x')`,
  'curl -u user:password https://example.org; curl -u "$USER:$PASS1234" x',
  'machine learning: its login page is password protected1',
  'machine example.org login me password mypassword1',
  `define('DB_PASSWORD', 'password_here1');`,
  `define('FORM_PASSWORD', 'Enter it');`,
  '<input name="csrf_token" value="aB3dE6gH9jK2mN5pQ8sT">',
  '<add key="TokenLifetime" value="00:20:00" />',
];

suite('secrets', () => {
  const LETTERS = 'wJalrXUtnFEMI7K7MDENGbPxRfiCYzq3S8v2T6u4h9Q1';
  const random = (length: number, n: number): string => LETTERS.slice(n, n + length);

  test('names of files', () => {
    for (const path of [
      '.env',
      'x/.env.local',
      'id_rsa',
      '.ssh/id_ed25519',
      'server.key',
      'a.pem',
      '.aws/credentials',
      '.netrc',
      'x.p12',
      'prod.tfvars'.replace('prod', 'terraform'),
      'secrets.yaml',
      // Words like "ca" and "cert" within others say nothing, and "key" outweighs them.
      ...['local.key', 'ca.key', 'application.key', 'medical.key', 'keychain.key', 'public.key'],
      ...[
        'ca-key.pem',
        'server-cert-key.pem',
        'ca.key.pem',
        'caKey.pem',
        'cakey.pem',
        'cert+key.pem',
      ],
      ...[
        'privkey1.pem',
        'local.pem',
        'keychain.pem',
        'ca-private.pem',
        'concert.pem',
        'éca.pem',
        'CA-KEY.PEM',
      ],
      ...[
        '.env-local',
        '.env_prod',
        'app.prod.env',
        '.env.bak',
        '.env~',
        'id_rsa.old',
        'id_rsa-work',
      ],
      ...['id_ed25519_sk', 'ssh_host_ed25519_key', 'AuthKey_1.p8', 'server.key.bak'],
      ...['a.pfx', 'a.jks', 'a.keystore', 'a.jceks', 'a.keytab', 'a.kdb', 'login.keychain-db'],
      ...['.pgpass', 'pgpass.conf', '.pypirc', '.my.cnf', '.dockercfg', '.vault-token'],
      ...['prod.env.local', 'a.env.production', 'prod.tfvars', 'x.auto.tfvars.json'],
      ...['.vault_pass', 'ansible/vault-password.txt', '.ansible_vault_pass'],
      ...['.cargo/credentials.toml', 'terraform.tfstate.backup'],
    ]) {
      assert.ok(secretPath(path) !== undefined, path);
    }
    for (const path of [
      '.env.example',
      'a.txt',
      'id_rsa.pub',
      'cert.pem',
      'environment.ts',
      'keys.ts',
      'package.json',
      'ca-cert.pem',
      'secret.ts',
      ...['ca.pem', 'fullchain.pem', 'fullchain1.pem', 'chain.pem', 'cacert.pem', 'cacerts.pem'],
      ...['server.crt', 'server.cer', 'server-cert.pem', 'client.cert.pem', 'clientCert.pem'],
      ...['public.pem', 'jwt-public-key.pem', 'publicKey.pem', 'pubkey.pem', 'id_rsa.pub.pem'],
      ...[
        'AmazonRootCA1.pem',
        'rds-combined-ca-bundle.pem',
        'ca-certificates.pem',
        'rootCA.pem',
        'rsacert.pem',
      ],
      ...['id_ed25519.pub', 'id_rsa.ts', '.env.local.example', '.env-sample', 'example.env'],
      ...['vite.env.d.ts', 'app.env.ts', 'prod.tfvars.example'],
      ...['.npmrc', '.docker/config.json', '.kube/config', '.netrc.ts', 'keystore.ts', 'hotkey'],
      ...['vault_pass.sh', 'vault.ts', 'vault-passes'],
      ...['.envrc', 'env.ts', '.environment', 'credentials.ts', 'a.keys', 'monkey.json', 'x.bak'],
    ]) {
      assert.equal(secretPath(path), undefined, path);
    }
  });

  test('what texts hold', () => {
    const texts: [string, string][] = [
      ['private-key', '-----BEGIN RSA PRIVATE KEY-----\nMII'],
      ['private-key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
      ['private-key', '-----BEGIN PGP PRIVATE KEY BLOCK-----'],
      ['aws-key', 'key AKIAIOSFODNN7ABCDEFG'],
      ['github-token', `ghp_${random(36, 1)}`],
      ['slack-token', 'xoxb-123456789012-abcdef'],
      ['google-key', `AIza${random(35, 2)}`],
      ['npm-token', '//npm.example.com/:_authToken=0123456789abcdef'],
      ['password-in-url', 'postgres://user:s3cretpw@db.example.org/x'],
      ['assigned-secret', `aws_secret_access_key = ${random(40, 3)}`],
      ['assigned-secret', `{"apiKey": "${random(32, 4)}"}`],
      ...MORE_TEXTS,
      ['npm-token', '_auth=dXNlcjpodW50ZXIy'],
      ['npm-token', '//npm.example.com/:_auth = "dXNlcjpodW50ZXIy"'],
      ['docker-login', '{"auths": {"https://index.docker.io/v1/": {"auth": "dTpwdw=="}}}'],
      ['docker-login', `data:\n  .dockerconfigjson: ${random(32, 5)}`],
      ['kubernetes-login', `users:\n- user:\n    client-key-data: ${random(42, 1)}`],
      ['kubernetes-login', 'kind: Config\nusers:\n- user:\n    token: abcdefg1\n'],
      ['kubernetes-login', '{"current-context":"a","users":[{"user":{"password":"hunter22"}}]}'],
      [
        'private-key',
        `AGE-SECRET-KEY-1${'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L'.repeat(2).slice(0, 58)}`,
      ],
      ['service-token', `sk-ant-api03-${random(30, 1)}`],
      ['service-token', `key: sk-proj-${random(40, 1)}`],
      ['service-token', `HF=hf_${random(34, 1)}`],
      ['service-token', `pypi-AgEIcHlwaS5vcmc${random(40, 1)}`],
      ['service-token', `SG.${random(22, 1)}.${random(43, 0)}`],
      ['service-token', `dop_v1_${'0123456789abcdef'.repeat(4)}`],
      ['service-token', `hvs.${random(30, 1)}`],
      ['service-token', `dapi${'0123456789abcdef'.repeat(2)}`],
      ['service-token', `shpat_${'0123456789abcdef'.repeat(2)}`],
      ['service-token', `dckr_pat_${random(27, 1)}`],
      ['service-token', `xapp-1-A0123456789-0123456789012-${'0123456789abcdef'.repeat(2)}`],
      ['gitlab-token', `glrt-${random(20, 1)}`],
      [
        'service-token',
        `https://discord.com/api/webhooks/123456789012345678/${random(32, 1).repeat(2)}`,
      ],
      ['service-token', `TELEGRAM=123456789:AA${random(33, 1)}`],
      ['assigned-secret', 'PGPASSWORD=hunter2secret psql -h db'],
      ['assigned-secret', 'MYSQL_PWD: hunter2secret'],
      ['assigned-secret', 'sshpass -p hunter2 ssh a@b'],
      ['azure-key', `AccountName=a;AccountKey=${random(43, 0).repeat(2)}==;`],
      ['azure-key', `SharedAccessKeyName=a;SharedAccessKey=${random(43, 0)}=`],
      ['json-web-token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N'],
    ];
    for (const [kind, text] of texts) {
      assert.ok(
        secretsIn(text).some((one) => one === kind),
        `${kind}: ${text} gave ${secretsIn(text).join()}`,
      );
    }
    for (const text of [
      'const token = await this.tokens.readNextTokenFromStream();',
      'password: "changeme-please-1234567890"',
      'apiKey = process.env.API_KEY_FOR_SERVICE_1',
      'secret = ${{ secrets.DEPLOY_TOKEN_2024 }}',
      ...MORE_HARMLESS,
      'const tokenPattern = /[a-z]/;',
      'PGPASSWORD="$DB_PASSWORD" psql; PGPASSWORD=${{ secrets.DB }}; sshpass -p "$SSHPASS" ssh a@b',
      '"/api/webhooks/:id/:token" 12:AA',
      'npm_config_cache',
      '//npm.example.com/:_authToken=${NPM_TOKEN}',
      'https://user:${PASSWORD}@host/',
      'sha512-abc integrity',
      '{"auths": {"https://index.docker.io/v1/": {}}, "credsStore": "desktop"}',
      '{"auth": "authentication", "b": 1}',
      'kind: Config\nusers:\n- user:\n    client-key-data: DATA+OMITTED\n    token: REDACTED\n',
      'kind: Config\nusers:\n- user:\n    token: your-token-123\n    tokenFile: /var/run/token\n',
      "interface Config { 'current-context': string; token: string; password: undefined }",
      'token: abcdefg1',
      `half_${random(34, 1)}`,
      'SG.a.b',
      'do_v1_',
      '_auth = oauth2session',
      '//npm.example.com/:_auth=${NPM_AUTH_2}',
    ]) {
      assert.deepEqual(secretsIn(text), [], text);
    }
  });

  test('what a message and the targets of links hold, and the rest without it', () => {
    const token = `ghp_${random(36, 1)}`;
    const links = [
      { path: 'fine', target: '../there' },
      { path: 'loud', target: 'https://user:s3cretpw@example.org/x' },
    ];
    const details = { time: 1, message: `use ${token}`, author: 'a', tags: ['t'], links };
    assert.deepEqual(secretsInDetails(details), [
      { path: IN_MESSAGE, kind: 'github-token', text: details.message },
      { path: 'loud', kind: 'password-in-url', text: links[1]!.target },
    ]);
    const rest = { ...details, message: '', links: links.slice(0, 1) };
    assert.deepEqual(withoutDetails(details), rest);
    assert.deepEqual(secretsInDetails(rest), []);
    assert.deepEqual(withoutDetails(rest), rest);
  });

  test('a text as a whole holds what its pieces hold, whatever stands beside what', () => {
    // Only beside each other, in any order and at any distance.
    const login = `"auth": "${'dXNlcjpwYXNz'.repeat(2)}"`;
    const token = 'token: sha256~k9Xw';
    const parts = [login, '"auths": {', token, 'kind: Config', 'current-context: main', 'x', '\n'];
    const text = fc.array(fc.constantFrom(...parts), { maxLength: 8 });
    fc.assert(
      fc.property(text, fc.nat(200), (list, cut) => {
        const whole = list.join(' ');
        const search = new SecretSearch();
        // The same search, which cannot know that nothing more comes; the second piece begins with all of the first.
        search.add(whole.slice(0, cut), { first: true, last: false });
        search.add(whole, { first: true, last: false });
        search.add(`${whole} `, { first: true, last: false });
        const slow = [...search.kinds].sort();
        assert.deepEqual(secretsIn(`${whole} `).sort(), slow, whole);
      }),
      { numRuns: 2_000 },
    );
    assert.deepEqual(secretsIn(`${login} "auths": {`), ['docker-login']);
    assert.deepEqual(secretsIn(`kind: Config ${token} `), ['kubernetes-login']);
    assert.deepEqual([secretsIn(login), secretsIn(`${token} `)], [[], []]);
  });
});
