import type { ContentKind } from '../../../agent-link/egress/masking/content-kind.ts'
import type { Seeded } from '../seeded.ts'

/** A secret and the parts of it that must not be seen in any text that left. */
export interface Secret {
  readonly kind: ContentKind
  readonly text: string
  readonly parts: readonly string[]
}

const lower = 'abcdefghijklmnopqrstuvwxyz'
const alnum = `${lower}${lower.toUpperCase()}0123456789`
const hex = '0123456789abcdef'
export const run = (seeded: Seeded, letters: string, length: number): string =>
  Array.from({ length }, () => letters.charAt(seeded.below(letters.length))).join('')
const mixed = (seeded: Seeded, length: number) => `aB3${run(seeded, alnum, length - 6)}xZ9`

const ibanForms: readonly (readonly [country: string, bban: string])[] = [
  ['DE', 'n18'],
  ['FR', 'n10a11n2'],
  ['GB', 'u4n14'],
  ['ES', 'n20'],
  ['IT', 'u1n10a12'],
  ['NL', 'u4n10'],
  ['BE', 'n12'],
  ['AT', 'n16'],
  ['CH', 'n5a12'],
  ['PL', 'n24'],
  ['SE', 'n20'],
  ['NO', 'n11'],
  ['DK', 'n14'],
  ['FI', 'n14'],
  ['PT', 'n21'],
  ['IE', 'u4n14'],
  ['GR', 'n7a16'],
  ['CZ', 'n20'],
  ['HU', 'n24'],
  ['RO', 'u4a16'],
  ['TR', 'n6a16'],
  ['MT', 'u4n5a18'],
]

function iban(seeded: Seeded): Secret {
  const [country, form] = seeded.pick(ibanForms)
  const bban = [...form.matchAll(/([nau])(\d+)/g)]
    .map(([, kind, length]) =>
      run(seeded, kind === 'n' ? '0123456789' : kind === 'u' ? lower.toUpperCase() : `${lower.toUpperCase()}0123456789`, Number(length)),
    )
    .join('')
  let rest = 0n
  for (const char of `${bban}${country}00`) rest = (rest * (/\d/.test(char) ? 10n : 100n) + BigInt(Number.parseInt(char, 36))) % 97n
  const compact = `${country}${String(98n - rest).padStart(2, '0')}${bban}`
  const spaced = seeded.chance(0.5) ? (compact.match(/.{1,4}/g) ?? []).join(' ') : compact
  const text = seeded.chance(0.2) ? spaced.toLowerCase() : spaced
  return { kind: 'iban', text, parts: [text.slice(4, 14)] }
}

function card(seeded: Seeded): Secret {
  const [prefix, length] = seeded.pick([
    ['4', 16],
    ['51', 16],
    ['55', 16],
    ['2221', 16],
    ['34', 15],
    ['37', 15],
    ['6011', 16],
    ['30', 14],
  ] as const)
  const digits = prefix + run(seeded, '0123456789', length - prefix.length - 1)
  let sum = 0
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits.charAt(digits.length - 1 - at))
    const counted = at % 2 === 0 ? digit * 2 : digit
    sum += counted > 9 ? counted - 9 : counted
  }
  const whole = `${digits}${(10 - (sum % 10)) % 10}`
  const text = seeded.chance(0.4) ? (whole.match(/.{1,4}/g) ?? []).join(seeded.pick([' ', '-'])) : whole
  return { kind: 'card', text, parts: [text.slice(4, 12)] }
}

const byte = (seeded: Seeded) => seeded.below(256)

function ipv4(seeded: Seeded): Secret {
  const parts = [1 + seeded.below(223), byte(seeded), byte(seeded), byte(seeded)]
  const decimal = parts.join('.')
  const text = seeded.pick([
    () => decimal,
    () => `${decimal}:${1 + seeded.below(65_000)}`,
    () => `${decimal}/24`,
    () => parts.map((part) => `0x${part.toString(16).padStart(2, '0')}`).join('.'),
    () => parts.map((part) => `0${part.toString(8)}`).join('.'),
    () => parts.join('[.]'),
    () => `ip-${parts.join('-')}`,
    () => `0x${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`,
  ])()
  return { kind: 'ipv4', text, parts: [text.replace(/[:/].*$/, '')] }
}

function ipv6(seeded: Seeded): Secret {
  const group = () => (1 + seeded.below(0xfffe)).toString(16)
  const full = Array.from({ length: 8 }, group)
  const text = seeded.pick([
    () => full.join(':'),
    () => full.join(':').toUpperCase(),
    () => full.map((part) => part.padStart(4, '0')).join(':'),
    () => `2001:db8::${group()}`,
    () => `fe80::${group()}:${group()}%eth0`,
    () => `[${full.slice(0, 4).join(':')}::${group()}]:443`,
    () => `::ffff:${1 + seeded.below(223)}.${byte(seeded)}.${byte(seeded)}.${byte(seeded)}`,
    () => `fd00:${group()}::/48`,
    () => `2001:db8:${group()}::`,
    () => `::${group()}:${group()}`,
  ])()
  return { kind: 'ipv6', text, parts: [text.replace(/^\[|\]:443$|%eth0$|\/48$/g, '')] }
}

const tokens: readonly ((seeded: Seeded) => string)[] = [
  (s) => `ghp_${run(s, alnum, 36)}`,
  (s) => `gho_${run(s, alnum, 36)}`,
  (s) => `ghs_${run(s, alnum, 36)}`,
  (s) => `github_pat_${run(s, alnum, 22)}_${run(s, alnum, 59)}`,
  (s) => `glpat-${run(s, alnum, 20)}`,
  (s) => `xoxb-${run(s, '0123456789', 12)}-${run(s, alnum, 24)}`,
  (s) => `xoxp-${run(s, '0123456789', 12)}-${run(s, hex, 32)}`,
  (s) => `sk_live_${run(s, alnum, 24)}`,
  (s) => `rk_test_${run(s, alnum, 24)}`,
  (s) => `sk-proj-${run(s, alnum, 48)}`,
  (s) => `sk-ant-api03-${run(s, alnum, 90)}`,
  (s) => `AIza${run(s, alnum, 35)}`,
  (s) => `ya29.${run(s, alnum, 60)}`,
  (s) => `AKIA${run(s, `${lower.toUpperCase()}234567`, 16)}`,
  (s) => `ASIA${run(s, `${lower.toUpperCase()}234567`, 16)}`,
  (s) => `SG.${run(s, alnum, 22)}.${run(s, alnum, 43)}`,
  (s) => `SK${run(s, hex, 32)}`,
  (s) => `npm_${run(s, alnum, 36)}`,
  (s) => `pypi-AgEIcHlwaS5vcmc${run(s, alnum, 60)}`,
  (s) => `dckr_pat_${run(s, alnum, 27)}`,
  (s) => `dop_v1_${run(s, hex, 64)}`,
  (s) => `hf_${run(s, alnum, 34)}`,
  (s) => `hvs.${run(s, alnum, 90)}`,
  (s) => `shpat_${run(s, hex, 32)}`,
  (s) => `sq0atp-${run(s, alnum, 22)}`,
  (s) => `dapi${run(s, hex, 32)}`,
  (s) => `lin_api_${run(s, alnum, 40)}`,
  (s) => `PMAK-${run(s, hex, 24)}-${run(s, hex, 34)}`,
  (s) => `NRAK-${run(s, `${lower.toUpperCase()}0123456789`, 27)}`,
  (s) => `glsa_${run(s, alnum, 32)}_${run(s, hex, 8)}`,
  (s) => `ATATT3xFfGF0${run(s, alnum, 60)}`,
  (s) => `dp.pt.${run(s, alnum, 43)}`,
  (s) => `AGE-SECRET-KEY-1${run(s, `${lower.toUpperCase()}0123456789`, 58)}`,
  (s) => `tskey-auth-${run(s, alnum, 17)}-${run(s, alnum, 32)}`,
  (s) => `${run(s, '123456789', 10)}:AA${run(s, alnum, 33)}`,
  (s) => `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOi${run(s, alnum, 40)}.${run(s, alnum, 43)}`,
  (s) => `eyJhbGciOi${run(s, alnum, 200)}.eyJ${run(s, alnum, 5_000)}.${run(s, alnum, 342)}`,
  (s) => `$2b$12$${run(s, `${alnum}./`, 53)}`,
  (s) => `$argon2id$v=19$m=65536,t=3,p=4$${run(s, alnum, 22)}$${run(s, alnum, 43)}`,
  (s) => `{SSHA}${run(s, alnum, 32)}`,
  (s) => mixed(s, 40),
  (s) => mixed(s, 64),
]

const words = ['orchid', 'granite', 'Saffron7', 'tern-Nest', 'Lumen42x']

const credentials: readonly ((seeded: Seeded, secret: string) => string)[] = [
  (_, x) => `password=${x}`,
  (_, x) => `--password=${x}`,
  (_, x) => `--password ${x}`,
  (_, x) => `PGPASSWORD=${x}`,
  (_, x) => `DB_PASSWORD=${x}`,
  (_, x) => `"password": "${x}"`,
  (_, x) => `passwd: ${x}`,
  (_, x) => `api_key=${x}`,
  (_, x) => `--api-key ${x}`,
  (_, x) => `X-Api-Key: ${x}`,
  (_, x) => `Authorization: Bearer ${x}`,
  (_, x) => `authorization=Basic ${x}`,
  (_, x) => `client_secret=${x}`,
  (_, x) => `AWS_SECRET_ACCESS_KEY=${x}`,
  (_, x) => `secret: '${x}'`,
  (_, x) => `token=${x}`,
  (_, x) => `access_token: ${x}`,
  (_, x) => `Set-Cookie: sid=${x}; Path=/`,
  (_, x) => `Cookie: session=${x}`,
  (_, x) => `curl -u admin:${x}`,
  (_, x) => `mysql -p${x}`,
  (_, x) => `password%3D${x}`,
  (_, x) => `requirepass=${x}`,
  (_, x) => `dbPassword: ${x}`,
]

function credential(seeded: Seeded): Secret {
  const secret = `${seeded.pick(words)}${run(seeded, alnum, 6)}!${seeded.below(90) + 10}`
  return { kind: 'credential', text: seeded.pick(credentials)(seeded, secret), parts: [secret] }
}

function url(seeded: Seeded): Secret {
  const host = `${run(seeded, lower, 8)}.example`
  const mark = run(seeded, alnum, 12)
  const text = seeded.pick([
    `https://${host}/reset?token=${mark}`,
    `http://ada:${mark}@${host}:8080/`,
    `ftp://${host}/${mark}`,
    `postgres://ada:${mark}@${host}:5432/shop?sslmode=require`,
    `redis://:${mark}@${host}:6379/0`,
    `amqp://user:${mark}@${host}/%2f`,
    `mongodb+srv://ada:${mark}@${host}/shop`,
    `jdbc:mysql://${host}/shop?user=ada&password=${mark}`,
    `/search?q=${mark}&page=2`,
    `wss://${host}/live#${mark}`,
    `https%3A%2F%2F${host}%2F${mark}`,
    `www.${host}/${mark}`,
    `s3://${host}/${mark}`,
    `mailto:${mark}@${host}`,
    `index.php?id=${mark}`,
  ])
  return { kind: 'url', text, parts: [mark] }
}

function query(seeded: Seeded): Secret {
  const mark = run(seeded, alnum, 10)
  const text = seeded.pick([
    `SELECT name, iban FROM customers WHERE name = '${mark}'`,
    `select * from users where email='${mark}'`,
    `INSERT INTO users (name) VALUES ('${mark}')`,
    `UPDATE users SET note='${mark}' WHERE id=7`,
    `DELETE FROM sessions WHERE owner='${mark}'`,
    `WITH x AS (SELECT 1) SELECT * FROM x WHERE y='${mark}'`,
    `CREATE USER ada WITH ENCRYPTED '${mark}'`,
    `ALTER ROLE ada SET search_path = '${mark}'`,
    `explain analyze select a from b where c='${mark}'`,
    `MERGE INTO t USING s ON t.x='${mark}'`,
  ])
  return { kind: 'query-text', text, parts: [mark] }
}

function email(seeded: Seeded): Secret {
  const name = run(seeded, lower, 8)
  const text = seeded.pick([
    `${name}@shop.example`,
    `${name}.ada+list@mail.shop.co.uk`,
    `${name}%40shop.example`,
    `"${name}"@shop.example`,
    `${name}@[192.0.2.7]`,
    `${name}@bücher.example`,
  ])
  return { kind: 'email', text, parts: [text.includes('"') ? '@shop.example' : name] }
}

function privateKey(seeded: Seeded): Secret {
  const kind = seeded.pick([
    'RSA PRIVATE KEY',
    'PRIVATE KEY',
    'EC PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'PGP PRIVATE KEY BLOCK',
  ])
  const mark = run(seeded, alnum, 64)
  const ends = seeded.chance(0.8) ? `\n-----END ${kind}-----` : ''
  return { kind: 'private-key', text: `-----BEGIN ${kind}-----\n${mark}\n${run(seeded, alnum, 64)}${ends}`, parts: [mark] }
}

function connection(seeded: Seeded): Secret {
  const mark = run(seeded, alnum, 12)
  const text = seeded.pick([
    `Server=db.example;Database=shop;User Id=ada;Password=${mark};`,
    `DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${mark}==;EndpointSuffix=core.example`,
    `Endpoint=sb://x.example/;SharedAccessKeyName=root;SharedAccessKey=${mark}=`,
    `Data Source=10.0.0.1;Uid=ada;Pwd=${mark}`,
    `host=db.example user=ada password=${mark} dbname=shop`,
  ])
  return { kind: 'connection-string', text, parts: [mark] }
}

function mac(seeded: Seeded): Secret {
  const bytes = Array.from({ length: 6 }, () => run(seeded, hex, 2))
  const text = seeded.pick([
    bytes.join(':'),
    bytes.join('-').toUpperCase(),
    `${bytes.slice(0, 2).join('')}.${bytes.slice(2, 4).join('')}.${bytes.slice(4).join('')}`,
  ])
  return { kind: 'mac', text, parts: [text] }
}

function phone(seeded: Seeded): Secret {
  const digits = run(seeded, '123456789', 9)
  const text = seeded.pick([
    `+49 ${digits.slice(0, 3)} ${digits.slice(3)}`,
    `+1-${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(5, 9)}`,
    `0044${digits}1`,
    `(${digits.slice(0, 3)}) ${digits.slice(3, 6)}-${digits.slice(5, 9)}`,
  ])
  return { kind: 'phone', text, parts: [text.slice(-7)] }
}

function uuid(seeded: Seeded): Secret {
  const text = seeded.pick([
    [8, 4, 4, 4, 12].map((length) => run(seeded, hex, length)).join('-'),
    run(seeded, hex, 32),
    run(seeded, hex, 64),
  ])
  return { kind: 'uuid', text, parts: [text.slice(0, 20)] }
}

const token = (seeded: Seeded): Secret => {
  const text = seeded.pick(tokens)(seeded)
  return { kind: 'token', text, parts: [text.slice(-12)] }
}

/** A secret of each kind, made anew. */
export const secrets: Readonly<Record<ContentKind, (seeded: Seeded) => Secret>> = {
  iban,
  card,
  ipv4,
  ipv6,
  url,
  email,
  mac,
  phone,
  uuid,
  token,
  credential,
  'query-text': query,
  'private-key': privateKey,
  'connection-string': connection,
}

/** Where a secret stands: a command line, a line of a log, a label, a text of an alert. `X` is its place. */
export const surroundings: readonly string[] = [
  'X',
  'backup done, X',
  'Nov 25 21:00:01 edge-1 app[812]: failed for X',
  '/usr/bin/worker --verbose X',
  'worker X --retries 3',
  '(X)',
  '"X"',
  "'X'",
  '<X>',
  'a=X',
  'value: X',
  'X\n',
  '\tX\t',
  'X.',
  'peer X closed the connection',
  'level=info msg="X" took=12ms',
  '{"detail": "X", "n": 7}',
  'disk sda 93% X',
  'error at line 12: X',
  '[X]',
  'müller → X',
  '12:00:01 X',
  'id 42, X, 7 times',
]

/** Texts without any secret, as agents and hosts write them. */
export const harmless: readonly string[] = [
  'system.cpu',
  'disk_util.sda',
  'disk_space._var_lib_docker',
  'net.eth0',
  'cgroup_web-7f9c.cpu',
  'apps.cpu',
  'mem.available',
  'ipv4.tcpsock',
  'nginx_local.requests',
  'statsd_shop.orders_total',
  'postgres_local.db_transactions',
  'CPU Utilization',
  'Disk Space Usage',
  'kilobits/s',
  'KiB/s',
  'operations/s',
  'milliseconds',
  '% of time working',
  'percentage',
  'merged operations/s',
  'GiB',
  'Celsius',
  'v2.10.4',
  '1.37.1',
  '6.1.0-13-amd64',
  '12.5',
  '5.15.0-1051-aws',
  'Linux 6.1.0',
  'Debian GNU/Linux 12 (bookworm)',
  'Ubuntu 24.04.1 LTS',
  'x86_64',
  'aarch64',
  'node v22.11.0',
  'Python 3.11.2',
  '/usr/lib/x86_64-linux-gnu/libc.so.6',
  '/var/log/nginx/access.log',
  '/etc/systemd/system/web.service',
  '/proc/sys/vm/swappiness',
  '/home/shared/data',
  '/dev/mapper/vg0-root',
  '/run/user/1000',
  '/usr/sbin/netdata',
  '12:34:56',
  '2026-11-25T21:00:01Z',
  '2026-11-25 21:00:01.123',
  'Nov 25 21:00:01',
  '1790000001',
  '1790000001123',
  '1790000001123456',
  '00:00:17',
  '3 days, 4:05',
  '0.25 0.31 0.40',
  '10%',
  '1,234,567',
  '0x1f',
  'nginx.service',
  'getty@tty1.service',
  'user@1000.service',
  'systemd-journald.service',
  'docker-registry.socket',
  'apt-daily.timer',
  'session-3.scope',
  'Started Daily apt download activities.',
  'Reached target Multi-User System.',
  'Out of memory: Killed process 812 (worker)',
  'segfault at 10 ip sp error 4',
  'connection reset by peer',
  'Select an item from the list',
  'Update available for 3 packages',
  'Deleted 12 files from cache',
  'Create a backup before the upgrade',
  'password authentication failed',
  'key rotated',
  'token expired',
  'secret not found',
  'the cookie jar is empty',
  'basic health check passed',
  'session opened for user root by (uid=0)',
  'std::vector<int>::at',
  'Foo::bar',
  'a::b',
  'com.example.shop.OrderService',
  'org.postgresql.util.PSQLException',
  'TypeError: x is not a function',
  'HTTP/1.1 200 OK',
  'GET /index.html',
  'status 404',
  'C++17',
  'utf-8',
  'warn',
  'critical',
  'eth0',
  'wlp3s0',
  'veth1a2b3c4',
  'br-5f2c1d',
  'docker0',
  'sda1',
  'nvme0n1p2',
  'dm-0',
  'md127',
  'root',
  'www-data',
  '_apt',
  'node_exporter',
  'kworker/u8:2-events',
  'ksoftirqd/0',
  'migration/1',
  'CPU iowait above 40% for 10 minutes',
  'Average CPU utilization over the last 10 minutes',
  'sda1 is 93% full',
  'RAM in use without buffers',
  'time the disk was busy',
  'inbound packets dropped ratio',
  'number of restarts in 24 hours',
  'pool-1-thread-12',
  'worker-7f9c6d5b4-x2x9k',
  'web-deployment-66b6c48dd5-8w7xz',
  'shop-orders-partition-0',
  'release-2026-11',
  'us-east-1',
  'eu-central-1a',
  't3.medium',
  'prod',
  'europe/berlin',
  'Europe/Berlin',
  'UTC+01:00',
  'max_connections=200',
  'retries=3',
  'workers: 8',
  '--config /etc/app.yml',
  '--port 8080',
  'timeout=30s',
  'level=info',
  'pid=812',
  'uid=1000 gid=1000',
  'fps: 60',
  'GOMAXPROCS=8',
  'LANG=C.UTF-8',
  '-Xmx512m',
  '--max-old-space-size=4096',
]
