import { agent } from './agent.ts'
import { audit } from './audit.ts'
import { backup } from './backup.ts'
import { backups } from './backups.ts'
import { canary } from './canary.ts'
import { ban } from './ban.ts'
import { breachNotice } from './breach-notice.ts'
import { claimToken } from './claim-token.ts'
import { claim } from './claim.ts'
import type { Command } from './command.ts'
import { doctor } from './doctor.ts'
import { drill } from './drill.ts'
import { erasePerson } from './erase-person.ts'
import { keys } from './keys.ts'
import { manifest } from './manifest.ts'
import { migrate } from './migrate.ts'
import { mirror } from './mirror.ts'
import { nodes } from './nodes.ts'
import { purge } from './purge.ts'
import { query } from './query.ts'
import { requests } from './requests.ts'
import { restore } from './restore.ts'
import { signInLink } from './sign-in-link.ts'
import { token } from './token.ts'
import { up } from './up.ts'
import { verifyErasure } from './verify-erasure.ts'

/** Every command, in the order `--help` lists them. */
export const commands: Readonly<Record<string, Command>> = {
  up,
  agent,
  claim,
  manifest,
  'claim-token': claimToken,
  'sign-in-link': signInLink,
  nodes,
  token,
  audit,
  ban,
  purge,
  requests,
  'erase-person': erasePerson,
  'breach-notice': breachNotice,
  backup,
  backups,
  restore,
  drill,
  keys,
  mirror,
  query,
  'verify-erasure': verifyErasure,
  canary,
  doctor,
  migrate,
}
