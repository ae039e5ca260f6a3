import type { ContentFinder, Span } from './content-kind.ts'

/**
 * How keys and tokens begin, as their makers publish it, and what must follow at least. What follows beyond that belongs to it as long as
 * it is of the characters of tokens, so that no tail of a long one stays.
 */
const heads = [
  'gh[opusr]_(?=\\w{16})',
  'github_pat_(?=\\w{16})',
  'gl(?:pat|ptt|dt|rt|soat|cbt|ft|imt|agent|ffct)-(?=[\\w-]{16})',
  'xox[abeoprs](?:\\.xox[bp])?-(?=[\\w-]{8})',
  'xapp-(?=[\\w-]{16})',
  '(?:sk|rk|pk)_(?:live|test)_(?=\\w{10})',
  'whsec_(?=[\\w+/]{16})',
  'sk-(?=[\\w-]{16})',
  'AIza(?=[\\w-]{30})',
  'ya29\\.(?=[\\w-]{16})',
  'GOCSPX-(?=[\\w-]{16})',
  '(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|ANPA|ANVA)(?=[A-Z0-9]{16})',
  'SG\\.(?=[\\w-]{16,64}\\.)',
  '(?:SK|AC)(?=[0-9a-f]{32})',
  'npm_(?=\\w{30})',
  'pypi-(?=[\\w-]{16})',
  'rubygems_(?=[0-9a-f]{32})',
  'dckr_(?:pat|oat)_(?=[\\w-]{16})',
  'do[opr]_v1_(?=[0-9a-f]{32})',
  'hf_(?=[A-Za-z0-9]{20})',
  'hv[sbr]\\.(?=[\\w-]{16})',
  's\\.(?=[A-Za-z0-9]{24})',
  'shp(?:at|ca|pa|ss)_(?=[0-9a-fA-F]{32})',
  'sq0(?:atp|csp|idp)-(?=[\\w-]{20})',
  'EAAA(?=[\\w-]{40})',
  'dapi(?=[0-9a-f]{32})',
  'lin_(?:api|oauth)_(?=\\w{20})',
  'ntn_(?=[A-Za-z0-9]{20})',
  'secret_(?=[A-Za-z0-9]{30})',
  'PMAK-(?=[0-9a-f]{20})',
  'NR(?:AK|II|JS|IQ|RA)-(?=[\\w-]{16})',
  'gl(?:sa|c)_(?=[\\w=+/]{20})',
  'ATATT3(?=[\\w=-]{20})',
  'dp\\.(?:pt|st|ct|scim|audit)\\.(?=[\\w.-]{20})',
  '\\w{14}\\.atlasv1\\.(?=[\\w-]{30})',
  'AGE-SECRET-KEY-1(?=[A-Z0-9]{40})',
  'tskey-(?=[\\w-]{16})',
  'fo1_(?=[\\w-]{20})',
  'sb[pb]_(?=\\w{20})',
  'nf[pcou]_(?=\\w{20})',
  'key-(?=[0-9a-f]{32})',
  'pul-(?=[0-9a-f]{40})',
  'rdme_(?=[a-z0-9]{40})',
  'xkeysib-(?=[0-9a-f]{32})',
  'eyJ(?=[\\w-]{10})',
  '\\d{8,10}:AA(?=[\\w-]{30})',
  '[MNO](?=[\\w-]{23,27}\\.[\\w-]{6,7}\\.[\\w-]{27})',
  'v1\\.0-(?=[0-9a-f]{24,64}-[0-9a-f]{64})',
  '\\$(?:2[abxy]|argon2(?:id|i|d)|[156y]|scrypt|pbkdf2[a-z0-9-]{0,12})\\$(?=[A-Za-z0-9./+=,$-]{12})',
  '\\{(?:SSHA(?:\\d{3})?|SHA|SMD5|CRYPT|PBKDF2)\\}(?=[A-Za-z0-9./+=]{8})',
  'ssh-(?:rsa|ed25519|dss) (?=AAAA[A-Za-z0-9+/]{40})',
  'ecdsa-sha2-nistp\\d{3} (?=AAAA[A-Za-z0-9+/]{40})',
]

const hint =
  /gh[opusr]_|github_pat|gl[a-z]{1,5}[-_]|xox|xapp|_live_|_test_|whsec|sk-|AIza|ya29|GOCSPX|A[A-Z]{2}A[A-Z0-9]{16}|SG\.|(?:SK|AC)[0-9a-f]{32}|npm_|pypi-|rubygems_|dckr_|_v1_|hf_|hv[sbr]\.|s\.[A-Za-z0-9]{24}|shp[a-z]{2}_|sq0|EAAA|dapi|lin_|ntn_|secret_|PMAK|NR[A-Z]{2}-|ATATT|dp\.|atlasv1|AGE-|tskey|fo1_|sb[pb]_|nf[pcou]_|key-|pul-|rdme_|xkeysib|eyJ|:AA|[MNO][\w-]{23,27}\.|v1\.0-|\$|\{S|\{C|\{P|ssh-|ecdsa-/
const head = new RegExp(`(?<![A-Za-z0-9])(?:${heads.join('|')})`, 'g')
const rest = /[A-Za-z0-9_.+/=~$,:-]*/y

/** Keys and tokens of many makers, and hashes of passwords, by how they begin. */
export const tokenFinder: ContentFinder = {
  kind: 'token',
  *find(text): Iterable<Span> {
    if (!hint.test(text)) return
    head.lastIndex = 0
    for (let match = head.exec(text); match !== null; match = head.exec(text)) {
      rest.lastIndex = match.index + match[0].length
      rest.exec(text)
      const end = Math.max(rest.lastIndex, match.index + match[0].length)
      yield [match.index, end]
      head.lastIndex = end
    }
  },
}
