/** One thing to do, with the command if there is one to copy. */
export interface ConnectStep {
  readonly text: string
  readonly command?: string
}

/** One way to connect a node. */
export interface ConnectWay {
  readonly id: 'agent-link' | 'agent-link-netdata' | 'netdata-2x' | 'netdata-1x' | 'container'
  readonly title: string
  /** Something to know before choosing it. */
  readonly note?: string
  readonly steps: readonly ConnectStep[]
}

/** What the commands are made of. */
export interface ConnectWish {
  /** Where agents reach this cloud: `https://host[:port]`. */
  readonly url: string
  readonly token: string
  /** Rooms the node joins besides the one of all nodes. */
  readonly roomIds?: readonly string[]
  /** SHA-256 of the CA certificate as `AB:CD:…`, so that people can check what they downloaded. */
  readonly caFingerprint?: string
  /** False when the certificate comes from a CA that every host trusts already; then no step speaks of one. */
  readonly isPrivateCa?: boolean
}

/** Agents give a URL without a port no port at all in some places, so it is always written (aclk §1.5). */
function urlWithPort(url: string): string {
  const { hostname, port } = new URL(url)
  return `https://${hostname}:${port === '' ? '443' : port}`
}

const caPath = '/api/throughline/v1/ca.pem'

/** The exact commands for each kind of agent. Pure: the page and the command line show the same ones (aclk §1.3–1.6). */
export function connectWays({ url, token, roomIds = [], caFingerprint, isPrivateCa = true }: ConnectWish): readonly ConnectWay[] {
  const base = urlWithPort(url)
  const rooms = roomIds.join(',')
  const ways = waysTo({ base, token, rooms, caFingerprint, isPrivateCa })
  if (new URL(base).hostname !== 'localhost') return ways
  const hint =
    'This cloud calls itself localhost, which no other host can reach: start it with THROUGHLINE_PUBLIC_URL=https://<its name>:<port> first.'
  return ways.map((way) => Object.assign({}, way, { note: way.note === undefined ? hint : `${way.note} ${hint}` }))
}

interface WaysParts {
  readonly base: string
  readonly token: string
  readonly rooms: string
  readonly caFingerprint: string | undefined
  readonly isPrivateCa: boolean
}

function waysTo({ base, token, rooms, caFingerprint, isPrivateCa }: WaysParts): readonly ConnectWay[] {
  const fetchCa: readonly ConnectStep[] = isPrivateCa
    ? [
        { text: 'Fetch the certificate of this cloud. It is not trusted yet, hence -k.', command: `curl -fsSk ${base}${caPath} -o ca.pem` },
        ...(caFingerprint === undefined
          ? []
          : [
              {
                text: `Check that it is the right one: it must say ${caFingerprint}.`,
                command: 'openssl x509 -in ca.pem -noout -fingerprint -sha256',
              },
            ]),
      ]
    : []
  // trusted.pem and cloud_fullchain.pem count for claiming only; the link itself looks at SSL_CERT_FILE (aclk §1.6).
  const trustOnHost = (claimingCa: string): readonly ConnectStep[] =>
    isPrivateCa
      ? [
          ...fetchCa,
          {
            text: 'Let the agent trust it, for claiming and for the link.',
            command: [
              'sudo install -d -o netdata -g netdata /var/lib/netdata/cloud.d',
              `sudo install -o netdata -g netdata -m 0644 ca.pem /var/lib/netdata/cloud.d/${claimingCa}`,
              'sudo install -m 0644 ca.pem /etc/netdata/throughline-ca.pem',
              'sudo install -d /etc/systemd/system/netdata.service.d',
              "printf '[Service]\\nEnvironment=SSL_CERT_FILE=/etc/netdata/throughline-ca.pem\\n' | sudo tee /etc/systemd/system/netdata.service.d/throughline.conf",
              'sudo systemctl daemon-reload',
            ].join('\n'),
          },
        ]
      : []
  const claim = `npx throughline claim --url ${base} --token ${token}${rooms === '' ? '' : ` --rooms ${rooms}`}${isPrivateCa ? ' --ca ca.pem' : ''}`
  const claimConf = ['[global]', `    url = ${base}`, `    token = ${token}`, ...(rooms === '' ? [] : [`    rooms = ${rooms}`])]
  const bundle = '/etc/ssl/certs/ca-certificates.crt'

  return [
    {
      id: 'agent-link',
      title: 'Any Linux host, with the built-in agent',
      note: 'Needs Node.js 20.19 or newer and a copy of Throughline on the host.',
      steps: [
        ...fetchCa,
        { text: 'Claim the host.', command: claim },
        { text: 'Start the agent and keep it running.', command: 'npx throughline agent' },
      ],
    },
    {
      id: 'agent-link-netdata',
      title: 'A host with the Netdata package of its distribution',
      note: 'Those packages are built without cloud support; our agent speaks for the Netdata that listens on 127.0.0.1:19999.',
      steps: [
        ...fetchCa,
        { text: 'Claim the host.', command: `${claim} --source netdata` },
        { text: 'Start the agent and keep it running.', command: 'npx throughline agent --source netdata' },
      ],
    },
    {
      id: 'netdata-2x',
      title: 'Netdata Agent 2.x',
      note: 'An agent that was claimed elsewhere must first be stopped and its folder /var/lib/netdata/cloud.d removed.',
      steps: [
        ...trustOnHost('trusted.pem'),
        { text: 'Write /etc/netdata/claim.conf.', command: `sudo tee /etc/netdata/claim.conf <<'END'\n${claimConf.join('\n')}\nEND` },
        { text: 'Restart the agent; it claims itself.', command: 'sudo systemctl restart netdata' },
      ],
    },
    {
      id: 'netdata-1x',
      title: 'Netdata Agent 1.37 to 1.47',
      note: 'For packages of Netdata itself; the ones of Debian have no cloud support.',
      steps: [
        ...trustOnHost('cloud_fullchain.pem'),
        ...(isPrivateCa ? [{ text: 'Restart the agent, so that it trusts the link.', command: 'sudo systemctl restart netdata' }] : []),
        {
          text: 'Claim it.',
          command: `sudo netdata-claim.sh -token=${token}${rooms === '' ? '' : ` -rooms=${rooms}`} -url=${base}`,
        },
      ],
    },
    {
      id: 'container',
      title: 'Netdata in a container',
      steps: [
        ...fetchCa,
        ...(isPrivateCa
          ? [{ text: 'Put it beside the certificates that are trusted already.', command: `cat ${bundle} ca.pem > throughline-bundle.pem` }]
          : []),
        {
          text: 'Start the container.',
          command: [
            'docker run -d --name=netdata --pid=host --network=host',
            '-v netdataconfig:/etc/netdata -v netdatalib:/var/lib/netdata -v netdatacache:/var/cache/netdata',
            '-v /proc:/host/proc:ro -v /sys:/host/sys:ro -v /etc/os-release:/host/etc/os-release:ro',
            '--cap-add SYS_PTRACE --cap-add SYS_ADMIN --security-opt apparmor=unconfined',
            ...(isPrivateCa ? [`-v "$PWD/throughline-bundle.pem:${bundle}:ro" -e SSL_CERT_FILE=${bundle}`] : []),
            `-e NETDATA_CLAIM_URL=${base} -e NETDATA_CLAIM_TOKEN=${token}${rooms === '' ? '' : ` -e NETDATA_CLAIM_ROOMS=${rooms}`}`,
            'netdata/netdata',
          ].join(' \\\n  '),
        },
      ],
    },
  ]
}
