import { z } from 'zod'
import { placeNames, type SearchedPlace, type Verdict } from '../../../cloud/canary/search-place.ts'
import { openCertificate } from '../../../cloud/identity/certificates.ts'
import { ThroughlineError } from '../../errors/throughline-error.ts'
import { keysOf } from '../verify-erasure.ts'

/** What a proof by canaries says; it is signed. The markers are random numbers: whoever doubts may search for them again. */
export interface CanaryReport {
  readonly version: string
  readonly startedAtMs: number
  readonly endedAtMs: number
  readonly delivered: { readonly live: number; readonly past: number; readonly alerts: number }
  readonly markers: readonly string[]
  readonly control: string
  readonly places: readonly SearchedPlace[]
  /** Places that this installation does not have; reports of older versions also name a mirror in BigQuery. */
  readonly notSearched: readonly string[]
  readonly verdict: Verdict
}

const reportShape = z.object({
  version: z.string(),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
  delivered: z.object({ live: z.number(), past: z.number(), alerts: z.number() }),
  markers: z.array(z.string()),
  control: z.string(),
  places: z.array(
    z.object({
      name: z.enum(placeNames),
      what: z.string(),
      pieces: z.number(),
      bytes: z.number(),
      found: z.number(),
      isControlFound: z.boolean().nullable(),
    }),
  ),
  notSearched: z.array(z.string()),
  verdict: z.enum(['clean', 'found', 'blind']),
})

/**
 * What a report file says, if this installation signed it and what stands in it is what was signed. Throws CERTIFICATE_REFUSED, also
 * when the keys are missing.
 */
export async function readCanaryReport(keysFolder: string, text: string): Promise<CanaryReport> {
  const refused = (cause?: unknown) =>
    new ThroughlineError('CERTIFICATE_REFUSED', 'This is not a report as it was signed by this installation.', { cause })
  try {
    const { report, signed } = z.object({ report: reportShape, signed: z.string() }).parse(JSON.parse(text))
    const claims = reportShape.parse(await openCertificate(signed, await keysOf(keysFolder), 'throughline-canary+jws'))
    if (JSON.stringify(claims) !== JSON.stringify(report)) throw refused()
    return claims
  } catch (thrown) {
    throw thrown instanceof ThroughlineError ? thrown : refused(thrown)
  }
}

const verdicts: Readonly<Record<Verdict, string>> = {
  clean: 'No value was kept anywhere, and the search found everything that was planted for it.',
  found: 'A value was kept. The places that say so hold what they must not.',
  blind: 'The search missed what was planted for it, so it proves nothing.',
}

/** The report in lines for a person. */
export function reportLines(report: CanaryReport): readonly string[] {
  const { delivered, markers, places, notSearched, verdict } = report
  const width = Math.max(...places.map(({ what }) => what.length))
  return [
    `${markers.length} markers went through: ${delivered.live} live deliveries, ${delivered.past} of the past, ${delivered.alerts} of alerts.`,
    '',
    ...places.map(({ what, bytes, found, isControlFound }) => {
      const control = isControlFound === null ? '' : isControlFound ? ', the planted control found' : ', THE PLANTED CONTROL MISSED'
      return `  ${what.padEnd(width)}  ${found === 0 ? 'nothing' : `${found} MARKERS FOUND`}${control}  (${bytes.toLocaleString('en')} bytes)`
    }),
    ...notSearched.map((name) => `  ${name}: not searched.`),
    '',
    verdicts[verdict],
  ]
}
