/** The short name of this host's time zone, as agents announce it. */
export function timezoneAbbreviation(): string {
  const part = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts().find(({ type }) => type === 'timeZoneName')
  return part?.value ?? 'UTC'
}
